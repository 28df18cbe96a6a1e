import { PyCall, type Pickled, type PyTuple, tuple } from "./pickle";

/** How an attempt of a simulated job ends after `ms`. */
export type Outcome =
  | { readonly kind: "return"; readonly ms: number; readonly value: Pickled }
  | { readonly kind: "raise"; readonly ms: number; readonly error: SimulatedError }
  /** `raise Retry(defer=…)`. */
  | { readonly kind: "retry"; readonly ms: number; readonly deferMs: number };

/** An exception as pickle stores it and as Python prints it. Causes come first, as printed. */
export interface SimulatedError {
  readonly call: PyCall;
  readonly chain: readonly { readonly title: string; readonly frames: readonly CallSite[] }[];
}
/** A call in the demo project, found in its source by the text of its line. */
export interface CallSite {
  readonly file: string;
  readonly function: string;
  readonly source: string;
}

export interface SimulatedJob {
  readonly function: string;
  readonly args: PyTuple;
  readonly kwargs?: Readonly<Record<string, Pickled>>;
  readonly billing?: boolean;
  /** Milliseconds until it may run. */
  readonly deferMs?: number;
  /** Somebody asks for its abort this long after enqueuing it. */
  readonly abortAfterMs?: number;
  /** Of the given attempt, counted from 1. */
  readonly attempt: (tries: number) => Outcome;
}

const between = (low: number, high: number) => Math.floor(low + Math.random() * (high - low));
const pick = <T>(items: readonly T[]): T => items[between(0, items.length)] as T;
const decimal = (text: string) => new PyCall("decimal", "Decimal", [text]);
const skus = ["MUG-BLUE", "MUG-RED", "TEAPOT-2L", "KETTLE-STEEL", "SPOON-SET", "TRAY-OAK"];

let order = between(10_000, 50_000);
const returns = (value: Pickled, low: number, high: number) => () =>
  ({ kind: "return", ms: between(low, high), value }) as const;
const raises = (error: SimulatedError, low: number, high: number) => () =>
  ({ kind: "raise", ms: between(low, high), error }) as const;

/** What goes well, with its weight. */
export const ordinaryJobs: readonly { readonly weight: number; readonly make: () => SimulatedJob }[] = [
  {
    weight: 30,
    make: () => {
      const lines = [{ sku: pick(skus), quantity: between(1, 5) }];
      const value = { order: ++order, picked: lines.map((line) => ({ ...line, shelf: 1 })), total: decimal("34.50") };
      return { function: "place_order", args: tuple(order, lines), attempt: returns(value, 100, 900) };
    },
  },
  {
    weight: 22,
    make: () => ({
      function: "send_confirmation",
      args: tuple(order),
      kwargs: { to: `customer-${between(1000, 9999)}@example.com` },
      attempt: returns(`<${between(1e8, 9e8).toString(16)}@mail.shop.example>`, 100, 600),
    }),
  },
  {
    weight: 16,
    make: () => ({
      function: "charge_card",
      args: tuple(order, decimal("57.40")),
      kwargs: { card: "**** 4242" },
      billing: true,
      attempt: returns({ order, status: "captured", amount: decimal("57.40") }, 200, 800),
    }),
  },
  {
    weight: 10,
    make: () => ({
      function: "pay_out",
      args: tuple(order, 5166, ["clayworks", "oak-and-ash"]),
      billing: true,
      attempt: returns({ clayworks: 2583, "oak-and-ash": 2583 }, 100, 400),
    }),
  },
  { weight: 8, make: () => ({ function: "count_shelf", args: tuple(pick(skus)), attempt: returns(48, 50, 300) }) },
  {
    weight: 4,
    make: () => ({
      function: "send_reminder",
      args: tuple(`customer-${between(1000, 9999)}@example.com`),
      deferMs: between(20_000, 90_000),
      attempt: returns("<reminder@mail.shop.example>", 100, 600),
    }),
  },
];

const inventory = "shop/inventory.py";
const unknownSku: SimulatedError = {
  call: new PyCall("builtins", "KeyError", ["MUG-GREEN"]),
  chain: [
    {
      title: "KeyError: 'MUG-GREEN'",
      frames: [
        { file: "shop/orders.py", function: "place_order", source: "picked = inventory.reserve(lines)" },
        {
          file: inventory,
          function: "reserve",
          source: 'return [pick(line["sku"], line["quantity"]) for line in lines]',
        },
        {
          file: inventory,
          function: "pick",
          source: 'return {"sku": sku, "quantity": quantity, "shelf": shelf_of(sku)}',
        },
        { file: inventory, function: "shelf_of", source: "return list(STOCK).index(sku) + 1 if STOCK[sku] else 0" },
      ],
    },
  ],
};
const deadMailbox: SimulatedError = {
  call: new PyCall("shop.errors", "MailboxUnavailable", ["orders@gone.invalid: 550 no such mailbox"], {
    code: 550,
    reply: "no such mailbox",
  }),
  chain: [
    {
      title: "shop.errors.MailboxUnavailable: orders@gone.invalid: 550 no such mailbox",
      frames: [
        {
          file: "shop/mailer.py",
          function: "send_confirmation",
          source: 'return await deliver(to, render("confirmation", order=order))',
        },
        {
          file: "shop/mailer.py",
          function: "deliver",
          source: 'raise MailboxUnavailable(address, 550, "no such mailbox")',
        },
      ],
    },
  ],
};
const payments = "shop/payments.py";
const noSellers: SimulatedError = {
  call: new PyCall("builtins", "ZeroDivisionError", ["integer division or modulo by zero"]),
  chain: [
    {
      title: "ZeroDivisionError: integer division or modulo by zero",
      frames: [
        { file: payments, function: "pay_out", source: "return split(cents, sellers)" },
        { file: payments, function: "split", source: "part = share(cents, sellers)" },
        { file: payments, function: "share", source: "return cents // len(sellers)" },
      ],
    },
  ],
};
const notCharged = (of: number): SimulatedError => ({
  call: new PyCall("shop.errors", "PaymentFailed", [`order ${of}: 57.40 not charged`]),
  chain: [
    {
      title: "shop.errors.GatewayError: the gateway answered '<html>502 Bad Gateway</h'",
      frames: [
        { file: payments, function: "charge_card", source: "status = read_answer(answer)" },
        {
          file: payments,
          function: "read_answer",
          source: 'raise GatewayError(f"the gateway answered {text[:24]!r}") from error',
        },
      ],
    },
    {
      title: `shop.errors.PaymentFailed: order ${of}: 57.40 not charged`,
      frames: [
        {
          file: payments,
          function: "charge_card",
          source: 'raise PaymentFailed(f"order {order}: {amount} not charged") from error',
        },
      ],
    },
  ],
});
const noWeight: SimulatedError = {
  call: new PyCall("builtins", "TimeoutError", []),
  chain: [
    {
      title: "asyncio.exceptions.CancelledError",
      frames: [
        { file: "shop/orders.py", function: "book_parcel", source: "price = await carrier_quote(carrier, parcel)" },
      ],
    },
    { title: "TimeoutError", frames: [] },
  ],
};

/** What goes wrong, or takes long. */
export const specialJobs: readonly (() => SimulatedJob)[] = [
  () => ({
    function: "place_order",
    args: tuple(++order, [{ sku: "MUG-GREEN", quantity: 1 }]),
    attempt: raises(unknownSku, 100, 900),
  }),
  () => ({
    function: "send_confirmation",
    args: tuple(order),
    kwargs: { to: "orders@gone.invalid" },
    attempt: raises(deadMailbox, 100, 600),
  }),
  () => ({
    function: "charge_card",
    args: tuple(order, decimal("57.40")),
    kwargs: { card: "**** 0002" },
    billing: true,
    attempt: raises(notCharged(order), 200, 800),
  }),
  () => ({
    function: "pay_out",
    args: tuple(order, 5166, []),
    billing: true,
    attempt: raises(noSellers, 100, 400),
  }),
  () => ({
    function: "book_parcel",
    args: tuple(order, "Northwind Parcel", { grams: 0 }),
    attempt: raises(noWeight, 4000, 4001),
  }),
  () => ({
    function: "sync_stock",
    args: tuple("Clayworks"),
    attempt: (tries) =>
      tries < 3
        ? { kind: "retry", ms: between(200, 600), deferMs: tries * 15_000 }
        : { kind: "return", ms: between(200, 600), value: { "MUG-BLUE": 12, "MUG-RED": 40 } },
  }),
  () => ({
    function: "sales_report",
    args: tuple("2026-10"),
    attempt: returns({ month: "2026-10", rows: 12_300 }, 60_000, 60_001),
  }),
  () => {
    const rows = Array.from({ length: 2500 }, (_, index) => ({
      sku: `ITEM-${index}`,
      title: `Catalogue item ${index}`,
    }));
    return { function: "import_catalogue", args: tuple(rows), attempt: returns(rows.length, 1500, 1501) };
  },
  () => ({
    function: "export_customers",
    args: tuple(["name", "city"]),
    abortAfterMs: 4000,
    attempt: returns("customers.csv", 120_000, 120_001),
  }),
  () => ({ function: "request_review", args: tuple(order), deferMs: 1_800_000, attempt: returns(null, 200, 201) }),
];

export function randomOrdinaryJob(): SimulatedJob {
  let left = Math.random() * ordinaryJobs.reduce((sum, { weight }) => sum + weight, 0);
  for (const { weight, make } of ordinaryJobs) {
    left -= weight;
    if (left < 0) return make();
  }
  return (ordinaryJobs[0] as (typeof ordinaryJobs)[number]).make();
}
