"""Reading the structure tree of a tagged PDF."""


def nodes(reader):
    """Return every element of the structure tree, in reading order."""
    found = []

    def walk(node):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(node)
            walk(node.get("/K", []))

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def elements(reader):
    """Return (tag, alternative text) of every element."""
    return [(node["/S"], node.get("/Alt")) for node in nodes(reader)]
