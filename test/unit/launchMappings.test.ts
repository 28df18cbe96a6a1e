import assert from "node:assert/strict";
import { launchMappings, type LaunchVariables, localFolder } from "../../src/python/launchMappings";

const variables: LaunchVariables = {
  folder: "/ws/backend",
  folders: [
    { name: "backend", path: "/ws/backend" },
    { name: "mail", path: "/ws/mail" },
  ],
  home: "/home/me",
  environment: { CODE: "/code" },
};

describe("launchMappings", () => {
  it("reads what debugpy and its older versions call it", () => {
    const configurations = [
      {
        type: "debugpy",
        request: "attach",
        pathMappings: [
          { localRoot: "${workspaceFolder}", remoteRoot: "/app" },
          { localRoot: "${workspaceFolder:mail}/src", remoteRoot: "/srv/mail" },
          { localRoot: "./lib", remoteRoot: "/lib" },
          { localRoot: "${workspaceFolder}", remoteRoot: "." },
        ],
      },
      { type: "python", localRoot: "${workspaceRoot}", remoteRoot: "/old" },
      { type: "php", pathMappings: { "/var/www": "${workspaceFolder}" } },
      null,
      "text",
      {
        pathMappings: [null, 3, { localRoot: 1, remoteRoot: "/x" }, { localRoot: "${command:pick}", remoteRoot: "/y" }],
      },
    ];
    assert.deepEqual(launchMappings(configurations, variables), [
      { remote: "/app", local: "/ws/backend" },
      { remote: "/srv/mail", local: "/ws/mail/src" },
      { remote: "/lib", local: "/ws/backend/lib" },
      { remote: "/old", local: "/ws/backend" },
    ]);
    assert.deepEqual(launchMappings(undefined, variables), []);
  });
});

describe("localFolder", () => {
  it("fills in variables, and refuses those that have no value here", () => {
    assert.equal(localFolder("${env:CODE}/a", variables), "/code/a");
    assert.equal(localFolder("~/a", variables), "/home/me/a");
    assert.equal(localFolder("${userHome}/a", variables), "/home/me/a");
    assert.equal(localFolder("D:\\a", variables), "D:\\a");
    assert.equal(localFolder("${env:NONE}/a", variables), null);
    assert.equal(localFolder("${workspaceFolder:gone}", variables), null);
    assert.equal(localFolder("", variables), null);
  });
});
