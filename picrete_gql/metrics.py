"""What is counted, for Prometheus. Counters of one process; whoever scrapes adds them up."""

from prometheus_client import Counter

UPLOADS = Counter("uploads", "Photos that arrived whole, by the way they came.", ["source"])
TELEGRAM_AUTH_FAIL = Counter("telegram_auth_fail", "Passwords and link codes that the Telegram bot refused.")
