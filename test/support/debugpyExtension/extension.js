const { debug, DebugAdapterExecutable } = require("vscode");

/** `python` of the launch configuration is an interpreter that has debugpy; it runs the adapter, and the program with it. */
exports.activate = ({ subscriptions }) => {
  subscriptions.push(
    debug.registerDebugAdapterDescriptorFactory("debugpy", {
      createDebugAdapterDescriptor: ({ configuration }) =>
        new DebugAdapterExecutable(configuration.python, ["-m", "debugpy.adapter"]),
    }),
  );
};
