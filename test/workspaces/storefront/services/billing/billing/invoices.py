class Invoices:
    async def render(self, ctx, number: str):
        return number.upper()

    @staticmethod
    async def number(ctx):
        return "A-1"
