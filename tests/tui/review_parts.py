"""What scenes show in a review beside the diff."""

PULL_REQUEST_BODY = """\
## Summary

A payment that failed is pushed again **once**, with its idempotency key:

- `retry` asks the queue for the key first
- a payment that is queued already is left alone

| case | before | now |
|---|---|---|
| failed once | 2 pushes | 1 push |
| failed twice | 4 pushes | 1 push |

## Assumptions

The queue keeps keys for a day.

```python
if not queue.has(key):
    queue.push(payment, key=key)
```

## Tests

41 passed.
"""

TESTS_OUTPUT = (
    "============================= test session starts ==============================\n"
    "collected 41 items\n\n"
    "tests/payments/test_retry.py \x1b[32m.\x1b[0m\x1b[32m.\x1b[0m\x1b[32m.\x1b[0m\n"
    "tests/payments/test_webhook.py \x1b[32m.....\x1b[0m\n\n"
    "\x1b]0;a title\x07\x1b[2J\x1b[32m============================== "
    "\x1b[32m\x1b[1m41 passed\x1b[0m\x1b[32m in 0.31s\x1b[0m\x1b[32m "
    "===============================\x1b[0m\n"
)
