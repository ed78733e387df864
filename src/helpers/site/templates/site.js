// Search and order of the table, keys and touch on the map. Without it every link still works.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // As helpers.index.units.fold, without the spaces.
  const fold = (text) =>
    text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[đðɖ]/g, "d")
      .replace(/[^\p{L}\p{N}]+/gu, "");

  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const rows = all("#table tbody tr");
  const tiles = all(".map .tile");

  const filter = () => {
    const wanted = fold(search.value);
    const shown = new Set();
    for (const row of rows) {
      row.hidden = !row.dataset.search.split("|").some((name) => name.includes(wanted));
      if (!row.hidden) shown.add(row.dataset.unit);
    }
    for (const tile of tiles) tile.classList.toggle("dim", !shown.has(tile.dataset.unit));
    found.textContent =
      shown.size === rows.length
        ? found.dataset.all : found.dataset.some.replace("{shown}", shown.size);
  };
  search.addEventListener("input", filter);
  search.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = rows.find((row) => !row.hidden);
    if (first && search.value) first.querySelector("a").focus();
  });
  if (search.value) filter(); // kept by the browser when one comes back

  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  for (const table of all("table.sortable")) {
    const body = table.tBodies[0];
    const heads = all("thead th", table);
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        // Greatest change and highest score first; ranks and names from the top.
        const asked = head.getAttribute("aria-sort");
        const up = asked ? asked === "descending" : !head.matches(".falling");
        const value = (row) => {
          const cell = row.cells[column];
          return "value" in cell.dataset ? cell.dataset.value : cell.textContent;
        };
        const numbers = rows.some((row) => "value" in row.cells[column].dataset);
        const sorted = [...body.rows].sort((a, b) => {
          const [x, y] = [value(a), value(b)];
          if (x === "" || y === "") return (x === "") - (y === ""); // what is missing comes last
          const order = numbers ? x - y : collator.compare(x, y);
          return up ? order : -order;
        });
        body.append(...sorted);
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
      });
    });
  }

  if (!tiles.length) return;
  const map = document.querySelector(".map");
  const told = document.getElementById("told");
  const places = tiles.filter((tile) => !tile.classList.contains("part"));

  const tell = (tile) => {
    const link = document.createElement("a");
    link.href = tile.getAttribute("href");
    link.textContent = tile.dataset.told;
    link.tabIndex = -1; // the tile itself is the link for the keyboard
    told.replaceChildren(link, `: ${tile.dataset.about}`);
  };
  const enter = (tile) => {
    for (const other of tiles) other.setAttribute("tabindex", other === tile ? "0" : "-1");
  };
  const nearest = (from, rowStep, colStep) => {
    let best = null;
    let least = Infinity;
    for (const tile of tiles) {
      const rowGap = tile.dataset.row - from.dataset.row;
      const colGap = tile.dataset.col - from.dataset.col;
      const along = rowGap * rowStep + colGap * colStep;
      const across = Math.abs(rowGap * colStep) + Math.abs(colGap * rowStep);
      if (along > 0 && along + 3 * across < least) [best, least] = [tile, along + 3 * across];
    }
    return best;
  };
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  enter(places[0]);
  map.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const from = event.target.closest(".tile");
    if (!step || !from) return;
    event.preventDefault(); // the page does not scroll meanwhile
    const next = nearest(from, ...step);
    if (next) next.focus();
  });
  for (const tile of tiles) {
    tile.addEventListener("focus", () => { enter(tile); tell(tile); });
    tile.addEventListener("pointerenter", () => tell(tile));
  }
  // A finger has no hover: the first touch tells, the second opens.
  let touched = null;
  map.addEventListener("click", (event) => {
    const tile = event.target.closest(".tile");
    if (event.pointerType !== "touch" || !tile || tile === touched) return;
    event.preventDefault();
    touched = tile;
    tell(tile);
  });
  for (const view of all(".views input")) {
    view.addEventListener("change", () => {
      map.parentElement.className = `by-${view.value}`;
    });
  }
})();
