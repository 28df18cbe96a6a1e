import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { eventually } from "../support/eventually";
import { startFaultProxy, type FaultProxy } from "../support/faultProxy";

/** Everything that one side of a connection has heard. */
interface Heard {
  readonly socket: Socket;
  text: string;
  ended: boolean;
  error: string | null;
}

function hear(socket: Socket): Heard {
  const heard: Heard = { socket, text: "", ended: false, error: null };
  socket.on("data", (data) => (heard.text += data.toString()));
  socket.on("close", () => (heard.ended = true));
  socket.on("error", (error: NodeJS.ErrnoException) => (heard.error = error.code ?? error.message));
  return heard;
}

describe("The proxy that makes faults", function () {
  this.timeout(30_000);
  let server: Server;
  let proxy: FaultProxy;
  const served: Heard[] = [];
  const clients: Heard[] = [];

  before(async () => {
    server = createServer((socket) => {
      served.push(hear(socket));
      socket.on("data", (data) => socket.write(data));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(async () => {
    proxy = await startFaultProxy((server.address() as AddressInfo).port);
    served.length = clients.length = 0;
  });
  afterEach(async () => {
    for (const { socket } of [...clients, ...served]) socket.destroy();
    await proxy.close();
  });
  after(() => server.close());

  function client(): Heard {
    const heard = hear(connect(proxy.port, "127.0.0.1"));
    clients.push(heard);
    return heard;
  }
  async function echoing(): Promise<Heard> {
    const heard = client();
    heard.socket.write("hello");
    await eventually(() => heard.text === "hello");
    heard.text = "";
    return heard;
  }

  it("passes bytes and ends when it is told nothing", async () => {
    const one = await echoing();
    one.socket.end();
    await eventually(() => one.ended && served[0]?.ended === true && proxy.connections.length === 0);
    assert.equal(one.error, null);
  });

  it("takes its time in both directions", async () => {
    const one = await echoing();
    proxy.faults.latencyMs = 100;
    const sent = performance.now();
    one.socket.write("far");
    await eventually(() => one.text === "far");
    assert.ok(performance.now() - sent >= 195);
  });

  it("keeps bytes while it stalls, and delivers them afterwards", async () => {
    const one = await echoing();
    proxy.faults.stalled = true;
    one.socket.write("late");
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(one.text, "");
    proxy.faults.stalled = false;
    await eventually(() => one.text === "late");
  });

  it("swallows bytes and ends without a word, and forgets such connections when it heals", async () => {
    const one = await echoing();
    const two = await echoing();
    proxy.faults.swallow = "toClient";
    one.socket.write("gone");
    await eventually(() => served[0]?.text === "hellogone");
    served[0]?.socket.end();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual([one.text, one.ended], ["", false]);
    await proxy.heal();
    await eventually(() => one.ended);
    assert.equal(one.error, "ECONNRESET");
    two.socket.write("well");
    await eventually(() => two.text === "well");
  });

  it("cuts a connection in the middle of a reply", async () => {
    const one = await echoing();
    const other = await echoing();
    Object.assign(proxy.connections[0]!.faults, { cutAfter: 3 });
    one.socket.write("reply");
    other.socket.write("whole");
    await eventually(() => one.ended && other.text === "whole");
    assert.equal(one.text, "rep");
  });

  it("lets replies drip", async () => {
    const one = await echoing();
    proxy.faults.repliesPerSecond = 1000;
    one.socket.write("x".repeat(100));
    await eventually(() => one.text.length > 0);
    assert.ok(one.text.length < 100);
    await eventually(() => one.text.length === 100);
  });

  it("refuses new connections, keeps the others, and listens again on the same port", async () => {
    const one = await echoing();
    await proxy.refuse();
    const refused = client();
    await eventually(() => refused.error === "ECONNREFUSED");
    one.socket.write("still");
    await eventually(() => one.text === "still");
    await proxy.admit();
    await echoing();
    await eventually(() => proxy.mostAtOnce === 2);
    assert.equal(proxy.accepted, 2);
  });

  it("kills all connections on both sides", async () => {
    const both = [await echoing(), await echoing()];
    proxy.killAll();
    await eventually(() => both.every(({ error }) => error === "ECONNRESET") && served.every(({ ended }) => ended));
    assert.equal(proxy.connections.length, 0);
  });
});
