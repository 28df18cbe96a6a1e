import assert from "node:assert/strict";
import { jobLinks } from "../../../src/host/jobLinks";

const job = { id: "order:80153/a b&c=ü", function: "charge_card", queue: "arq:queue" };
const urls = (template: string, of: Parameters<typeof jobLinks>[1] = job) =>
  jobLinks([{ label: "Logs", url: template }], of).links.map(({ url }) => url);

describe("links out of the setting arq.links", () => {
  it("have id, function and queue filled in, percent-encoded", () => {
    assert.deepEqual(urls("https://logs.example.com/d/{queue}?q={function}+{id}&from=now-1h"), [
      "https://logs.example.com/d/arq%3Aqueue?q=charge_card+order%3A80153%2Fa%20b%26c%3D%C3%BC&from=now-1h",
    ]);
    assert.deepEqual(urls("http://localhost:3000/{id}", { ...job, id: "\ud800" }), ["http://localhost:3000/%EF%BF%BD"]);
  });

  it("are left out where what they name is not known", () => {
    const unknown = { ...job, queue: null };
    assert.deepEqual(urls("https://x.example/{queue}", unknown), []);
    assert.deepEqual(urls("https://x.example/{id}", { ...unknown, id: "1" }), ["https://x.example/1"]);
  });

  it("lead only to web servers that the setting names itself", () => {
    const refused = [
      "javascript:alert(1)//{id}",
      "file:///etc/passwd",
      "command:workbench.action.quit",
      "https://{id}/logs",
      "https://logs.{queue}.example.com/",
      "https://x.example\\@{id}",
      "https:///{id}",
      "https://x.example/{job}",
      "",
    ];
    for (const url of refused) {
      const { links, problems } = jobLinks([{ label: "Logs", url }], job);
      assert.deepEqual(links, [], url);
      assert.match(problems.join(), /^Entry 1 of arq\.links is not used: /, url);
    }
  });

  it("are judged one by one", () => {
    const { links, problems } = jobLinks(
      ["https://x.example", { label: " ", url: "https://x.example" }, { label: "A", url: "https://x.example/{id}" }],
      job,
    );
    assert.deepEqual(
      links.map(({ label }) => label),
      ["A"],
    );
    assert.equal(problems.length, 2);
  });
});
