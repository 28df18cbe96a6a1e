from .digest import weekly_digest
from .email import send_email, send_sms as send_text

__all__ = ["send_email", "send_text", "weekly_digest"]
ALL = [send_email, send_text]
