from shop_debug import models


async def report(ctx, *args, **kwargs):
    print("GOT", repr((args, kwargs)))
    print("CTX", repr({name: ctx[name] for name in sorted(ctx) if name != "redis"}))
    return "reported"


async def charge(ctx, order, **kwargs):
    raise models.Declined(17, "no money")


async def uses_redis(ctx):
    await ctx["redis"].set("written", "by the function")


def make():
    async def inner(ctx, *args, **kwargs):
        print("GOT", repr((args, kwargs)))

    return inner


class Mailer:
    @staticmethod
    async def send(ctx, *args, **kwargs):
        print("GOT", repr((args, kwargs)))
