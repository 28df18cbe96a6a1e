import functools


def logged(task):
    @functools.wraps(task)
    async def wrapper(ctx, *args, **kwargs):
        return await task(ctx, *args, **kwargs)

    return wrapper


@logged
async def send_email(ctx, to: str, subject: str = "", *, urgent: bool = False):
    raise KeyError(to)


async def send_sms(ctx, to: str):
    return to
