"""Secrets to plant in an incident, none of them real, each with the words that it stands in.

They are put together here, so that nothing which looks for secrets in a repository finds one.
"""

from dataclasses import dataclass

_BODY = "Ab3dEf7hIj1kLm9oPq2rSt8uVw4xYz6cDe5gHi0j"
_KEY_LINES = ("MIIEowIBAAKCAQEA7bq1nXkV", "q9sTz4mUu0Ypw2Lr8hHc3JdK", "5eXyAaBbCcDd=")
_BEGIN, _END = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"


@dataclass(frozen=True)
class Planted:
    """A text, and the parts of it that must be seen nowhere."""

    text: str
    secrets: tuple[str, ...]


def _token(start: str, rest: str = _BODY) -> Planted:
    return Planted(f"The old build used {start}{rest} until noon", (rest[4:20],))


def _in(text: str, *secrets: str) -> Planted:
    return Planted(text, secrets)


TOKENS = (
    _token("ghp_", _BODY[:36]),
    _token("github_pat_11ABCDEFG0"),
    _token("glpat-", _BODY[:20]),
    _token("xoxb-123456789012-", _BODY[:24]),
    _token("AKIA", "IOSFODNN7QWERTYU"),
    _token("ASIA", "Y34FZKBOKMUTVV7A"),
    _token("AIza", _BODY[:35]),
    _token("sk_live_", _BODY[:24]),
    _token("npm_", _BODY[:36]),
    _token("pypi-AgEIcHlwaS5vcmc"),
    _token("ATATT3xFfGF0"),
    _token("pdus+_0XBPWQQ_"),
    _token("u+", "gH4kLpQ2vBxTzN8mWc"),
    _token("sk-proj-"),
    _token("SK", "0123456789abcdef0123456789abcdef"),
    _token("SG.", f"{_BODY[:22]}.{_BODY}"),
    _token("eyJhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxIn0.dBjftJeZ4CVP"),
    _token("hvs.", _BODY[:24]),
    _token("glc_", _BODY),
)
"""Tokens that are known by their form."""

NAMED = (
    _in("password=hunter-one-2", "hunter-one-2"),
    _in("Root password: Sommer2024!", "Sommer2024"),
    _in("**Password:** `correct-horse-7`", "correct-horse-7"),
    _in("passwd: swordfish", "swordfish"),
    _in('DB_PASSWORD="four words make one"', "four words"),
    _in("the password is Winter+77 for now", "Winter+77"),
    _in("api_key=9a8b7c6d5e4f", "9a8b7c6d5e4f"),
    _in("client_secret: 8f7a6b5c4d3e2f", "8f7a6b5c4d3e2f"),
    _in("token = tk91xQz7Lm", "tk91xQz7Lm"),
    _in("X-Api-Key: 77aa88bb99cc", "77aa88bb99cc"),
    _in("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYQWERTYKEYS", "wJalrXUtnFEMI"),
    _in("AccountName=x;AccountKey=abcDEF123+/abcDEF456==;EndpointSuffix=core", "abcDEF123"),
    _in(
        "Server=db;User Id=app;Password=Geheim-61;99x-Rest-60;Pooling=true",
        "Geheim-61",
        "99x-Rest-60",
    ),
    _in("psql: PGPASSWORD=pg-Pass-66 psql -h db", "pg-Pass-66"),
    _in("mysql --password maria-Db-55 -h db", "maria-Db-55"),
    _in("curl -u admin:curl-Pw-44 https://x.example", "curl-Pw-44"),
    _in("CREATE USER app IDENTIFIED BY 'sql-Pw-33'", "sql-Pw-33"),
    _in("Authorization: Bearer 0f9e8d7c6b5a", "0f9e8d7c6b5a"),
    _in("Authorization: Basic YWRtaW46Z2VoZWltMTIz", "YWRtaW46Z2Vo"),
    _in("Cookie: session=ck11ck22ck33; theme=dark", "ck11ck22ck33"),
    _in("Passwort: geheim-Wort-22", "geheim-Wort-22"),
    _in("- name: DB_PASSWORD\n  value: pair-Pw-21", "pair-Pw-21"),
    _in('{"name":"API_TOKEN","value":"pair-Tk-20"}', "pair-Tk-20"),
    _in("| Password | cell-Pw-19+ |", "cell-Pw-19"),
    _in("SECRET_KEY_BASE=base-Key-18x", "base-Key-18x"),
    _in("sshpass -p ssh-Pw-17 ssh x; mysql -uroot -pmy-Pw-16 db", "ssh-Pw-17", "my-Pw-16"),
    _in(f"the access token {_BODY} was in it", _BODY[4:20]),
)
"""Secrets that are known by the name before them."""

ADDRESSES = (
    _in("https://deploy:url-Pw-11@registry.example.com/v2/", "url-Pw-11"),
    _in(
        "postgresql://app:pg%40long-Pw-12@db.example.com:5432/shop", "pg%40long-Pw-12", "long-Pw-12"
    ),
    _in("redis://:redis-Pw-13@cache:6379/0", "redis-Pw-13"),
    _in("amqp://worker:rab/bit-Pw-14@queue/", "bit-Pw-14"),
    _in("https://ci.example.com/hook?job=4&token=q-token-15", "q-token-15"),
    _in("https://x.blob.example.net/a?sv=2026&sig=abc%2Bsig16sig16%3D", "sig16sig16"),
    _in("https://s3.example.com/b?X-Amz-Signature=17fe17fe17fe&X-Amz-Date=1", "17fe17fe"),
    _in("https://hooks.slack.com/services/T0AA/B0BB/cc18CC18cc18", "cc18CC18"),
    _in(
        "https://acme.webhook.office.com/webhookb2/g19gg19g@g20g/IncomingWebhook/h21hh21h",
        "g19gg19g",
        "h21hh21h",
    ),
)
"""Secrets in addresses."""

SPELLED = (
    _in("\u30d1\u30b9\u30ef\u30fc\u30c9\uff1aesc-Pw-31", "esc-Pw-31"),
    _in("\u5bc6\u7801: esc-Pw-32", "esc-Pw-32"),
    _in("\ube44\ubc00\ubc88\ud638: esc-Pw-33", "esc-Pw-33"),
    _in("\u043f\u0430\u0440\u043e\u043b\u044c: esc-Pw-34", "esc-Pw-34"),
    _in("hasło: esc-Pw-35", "esc-Pw-35"),
    _in("wachtwoord = esc-Pw-36", "esc-Pw-36"),
    _in("password&#61;esc-Pw-22", "esc-Pw-22"),
    _in("&lt;password&gt;esc-Pw-23&lt;/password&gt;", "esc-Pw-23"),
    _in("redirect=https%3A%2F%2Fuser%3Aesc-Pw-24%40host.example", "esc-Pw-24"),
    _in('{\\"password\\":\\"esc-Pw-25\\",\\"user\\":\\"a\\"}', "esc-Pw-25"),
    _in('{\\\\\\"secret\\\\\\":\\\\\\"esc-Pw-26\\\\\\"}', "esc-Pw-26"),
    _in("ghp\\_" + _BODY[5:35], _BODY[9:30]),
    _in("ghp\u200b_" + _BODY[6:36], _BODY[9:30]),
    _in("\n".join([_BEGIN, *_KEY_LINES, _END]), *(line[:12] for line in _KEY_LINES)),
    _in("\\n".join([_BEGIN, *_KEY_LINES, _END]), *(line[:12] for line in _KEY_LINES)),
    _in(" ".join([_BEGIN, *_KEY_LINES[:2]]), *(line[:12] for line in _KEY_LINES[:2])),
    _in("\n".join([*_KEY_LINES, _END]), *(line[:12] for line in _KEY_LINES)),
)
"""Secrets in another spelling, and private keys, whole and cut short."""

EVERY = (*TOKENS, *NAMED, *ADDRESSES, *SPELLED)

HARMLESS = (
    "password: reset needed",
    "Password reset for two people",
    "Wrong password for user ada",
    "the password is wrong",
    "password: <redacted>",
    "password=${DB_PASSWORD}",
    "password=***",
    "token expired",
    "token: expired",
    "The API key is missing",
    "secret: see vault",
    "secret: payments-db",
    'service_key="checkout" and access key: granted',
    'secrets "db-credentials-v2" not found',
    "max_tokens=4096, token_type=bearer, password_policy=strict",
    "Token refresh took 500ms",
    "Basic authentication failed",
    "bearer of bad news 2024",
    "pwd=/var/www/html",
    "All 12 checks pass: yes",
    "cookie: too large",
    "commit 3f786850e387550fdab836ed7e6dc881de23001b",
    "550e8400-e29b-41d4-a716-446655440000",
    "Q0R9EVXVKUZTX7 and PAY-1234",
    "shop/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "dGhpcyBpcyBhIGJhc2U2NCBzdHJpbmc= at aGVsbG8.internal.example.com",
    "pod payments-api-7d9f8b6c5-xk2lp restarted",
    "arn:aws:iam::123456789012:role/Deploy",
    "https://example.pagerduty.com/incidents/Q0R9EVXVKUZTX7",
    "https://host:8080/path/user@example.com",
    "ssh://git@host:22/x and git@github.com:team/repo.git",
    "https://example.com/?key=value&code=500&session=12",
    "http://10.0.0.1:9090/graph?g0.expr=up%7Bjob%3D%22node%22%7D&g0.tab=1",
    "https://grafana.example.com/d/abc123XYZ/api?from=1&to=2&var-pod=api-7d9f8b6c5-xk2lp",
    "risk-assessment-of-things-2 and task-runner-2024",
    "u+1F600",
    "| User | Password | Host |",
    "token 2026-11-27T17:00:00Z and the api key of checkout-api-service-2024",
    "mysql -p prompts; redis-cli ping",
    "docker run -u 1000:1000 --token-ttl 30m",
    "primary key: id; foreign key violation: orders.customer_id",
)
"""What looks like a secret at the first glance, and stays as it is."""
