"""Names that several services share."""

PREFIX = "storefront"
BILLING = f"{PREFIX}:billing"
NOTIFY = f"{PREFIX}:notify"
