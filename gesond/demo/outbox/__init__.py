"""What the demo has sent: `/demo/outbox/` and `manage.py outbox`. Nothing of it is installed in production."""
