// JupyterLab's extension of the desk: the button for all cells waits until there is a kernel.
// JupyterLab's own command asks which kernel to start while the notebook's is being looked for.
const plugin = {
  id: "helpers-desk:run-all",
  autoStart: true,
  activate: ({ commands, shell }) => {
    commands.addCommand("desk:run-all", {
      label: () =>
        document.documentElement.lang.startsWith("vi") ? "Chạy tất cả các ô" : "Run all cells",
      execute: async () => {
        const notebook = shell.currentWidget;
        await notebook.sessionContext?.ready;
        if (shell.currentWidget === notebook) await commands.execute("notebook:run-all-cells");
      },
    });
  },
};
window._JUPYTERLAB = window._JUPYTERLAB || {};
window._JUPYTERLAB["helpers-desk"] = {
  init: () => {},
  get: async () => () => ({ __esModule: true, default: plugin }),
};
