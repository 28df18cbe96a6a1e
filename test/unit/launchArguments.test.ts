import assert from "node:assert/strict";
import { parseStartArguments } from "../demo/startArguments";
import { parseLaunchArguments } from "../support/vscode/launchArguments";

describe("The launcher that stands in for VS Code", () => {
  it("understands the arguments that test-electron passes", () => {
    const launch = parseLaunchArguments([
      "/work space/shop",
      "--user-data-dir=/profile",
      "--no-sandbox",
      "--disable-workspace-trust",
      "--extensionTestsPath=/ext/dist/test/host/index.js",
      "--extensionDevelopmentPath=/ext",
      "--extensionDevelopmentPath=/ext/beside",
    ]);
    assert.deepEqual(launch, {
      folder: "/work space/shop",
      extensionDevelopmentPaths: ["/ext", "/ext/beside"],
      extensionTestsPath: "/ext/dist/test/host/index.js",
      userDataDir: "/profile",
      disableWorkspaceTrust: true,
    });
  });

  it("names the argument that is missing", () => {
    assert.throws(() => parseLaunchArguments(["--extensionDevelopmentPath=/ext"]), /--extensionTestsPath/);
  });
});

describe("The arguments of npm start", () => {
  const none = { redis: null, folder: null, generator: false, open: true, port: null };
  const understood: readonly [string[], object][] = [
    [[], none],
    [["--generator", "--no-open"], { ...none, generator: true, open: false }],
    [["--port", "8123"], { ...none, port: 8123 }],
    [["--redis", "redis://localhost/1", "shop"], { ...none, redis: "redis://localhost/1", folder: "shop" }],
  ];
  for (const [args, expected] of understood) {
    it(`understands "${args.join(" ")}"`, () => assert.deepEqual(parseStartArguments(args), expected));
  }

  const refused: readonly [string[], RegExp][] = [
    [["shop"], /--redis/],
    [["--redis", "redis://localhost", "one", "two"], /One folder/],
    [["--redis", "redis://localhost", "--generator"], /never to yours/],
    [["--port", "http"], /1 to 65535/],
    [["--speed"], /--speed/],
  ];
  for (const [args, reason] of refused) {
    it(`refuses "${args.join(" ")}" and says why`, () => assert.throws(() => parseStartArguments(args), reason));
  }
});
