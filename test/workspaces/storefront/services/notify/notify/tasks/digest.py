async def weekly_digest(ctx):
    return None
