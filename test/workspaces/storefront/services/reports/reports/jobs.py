from .registry import task


@task
async def build_report(ctx, month: str):
    return month


@task
async def purge(ctx):
    return None
