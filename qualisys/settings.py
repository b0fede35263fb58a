"""Django settings: every deployment value is read here, once, and refused when it is wrong.

Every value comes from the environment (docs/operations.md lists them). There is no development
default for a secret: script/server, script/demo and the tests make their own.
"""

import ipaddress
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django_guid.integrations import CeleryIntegration

from qualisys.api_introduction import API_DESCRIPTION, API_TAGS

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def required(name: str) -> str:
    """Return the environment's value of that name; refuse to start without one."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. A deployment sets it (docs/operations.md); on your own machine use "
            "script/server, script/demo or script/test, which make a value of their own."
        )
    return value


def fernet_keys(name: str) -> list[str]:
    """Return the comma-separated Fernet keys of that name, newest first; refuse one that is not a key."""
    keys = [key.strip() for key in required(name).split(",")]
    for key in keys:
        try:
            Fernet(key)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} holds something that is not a Fernet key. Make one with: python -c "
                "'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
            ) from error
    return keys


def origin(name: str, default: str) -> str:
    """Return a URL without a trailing slash; plain http is allowed towards this machine alone."""
    url: str = env.str(name, default=default).rstrip("/")
    parts = urlsplit(url)
    loopback = parts.hostname in {"127.0.0.1", "localhost"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        raise ImproperlyConfigured(f"{name} must be an https:// URL: a token would cross the network in clear.")
    return url


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the comma-separated networks of that name; refuse one that is none."""
    try:
        return [ipaddress.ip_network(network.strip()) for network in env.list(name, default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is a list of networks, as in 10.0.0.0/8: {error}.") from error


# --- Django -------------------------------------------------------------------------------------
SECRET_KEY = required("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
# The host of the operators' admin; a tenant's host is usually a name below it.
PUBLIC_HOST = env.str("PUBLIC_HOST", default="localhost")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[f".{PUBLIC_HOST}"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "qualisys.urls"
PUBLIC_SCHEMA_URLCONF = "qualisys.urls_public"
WSGI_APPLICATION = "qualisys.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
FORMAT_MODULE_PATH = "qualisys.formats"

HTTPS_ONLY = env.bool("HTTPS_ONLY", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS_ONLY
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

# --- Applications and tenants ---------------------------------------------------------------------
TENANT_MODEL = "tenancy.Tenant"
TENANT_DOMAIN_MODEL = "tenancy.Domain"
SHARED_APPS = [
    "qualisys.tenancy",
    "unfold",  # before django_tenants, whose templates of the admin would take the place of its own
    "django_tenants",
    "qualisys.accounts",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_guid",
    # In both lists: what an operator did in a tenant is written down in that tenant's schema.
    "django.contrib.admin",
]
TENANT_APPS = [
    "django.contrib.admin",
    "auditlog",
    "qualisys.idempotency",
    "qualisys.projects",
    "qualisys.api_tokens",
    "qualisys.webhooks",
    "github_connections",
    "crawl",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# Only the schemas that are behind are migrated (qualisys/tenancy/migration.py).
GET_EXECUTOR_FUNCTION = "qualisys.tenancy.migration.get_executor"

MIDDLEWARE = [
    "qualisys.observability.middleware.OperatorsMiddleware",
    "django_guid.middleware.guid_middleware",
    "qualisys.observability.middleware.RequestsMiddleware",
    "qualisys.tenancy.middleware.TenantMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "qualisys.conditional.ConditionalAnswers",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "qualisys" / "static"]
# The admin's few files are served out of the installed packages: there is no step to collect them.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# --- PostgreSQL -----------------------------------------------------------------------------------
required("DATABASE_URL")
DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL"),
        "ENGINE": "django_tenants.postgresql_backend",
        # The pool gives a connection back after each request; CONN_MAX_AGE must be 0 beside it.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 1,
    "max_size": env.int("DATABASE_POOL_SIZE", default=16),
    "timeout": 5,
    # Beyond this the pool tries again when it is asked, and not after a wait as long as the absence was.
    "reconnect_timeout": 3,
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

# --- Redis and Celery -------------------------------------------------------------------------------
REDIS_URL = required("REDIS_URL")
# For the same thing redis-py says unix://PATH?db=N and kombu redis+socket://PATH?virtual_host=N.
CELERY_BROKER_URL = re.sub(r"^unix://(.*?)(?:\?db=(\d+))?$", r"redis+socket://\1?virtual_host=\2", REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_DEFAULT_QUEUE = "maintenance"
CELERY_TASK_ROUTES = {
    "github_connections.tasks.clone_repository": {"queue": "clone"},
    "github_connections.tasks.analyze_repository": {"queue": "clone"},
    # Of their own: strangers' servers are slow at times, and nothing of ours waits for them.
    "qualisys.webhooks.tasks.deliver": {"queue": "webhook"},
}
CELERY_TASK_TENANT_CACHE_SECONDS = 30
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request must not hang on a frozen Redis: what cannot be published now is published by the sweep.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "max_retries": 0,
}
CELERY_BEAT_SCHEDULE = {
    "expire-repositories": {
        "task": "github_connections.tasks.expire_repositories",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "recover-connections": {
        "task": "github_connections.tasks.recover_connections",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "reconcile-repositories": {
        "task": "github_connections.tasks.reconcile_repositories",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 300},
    },
    "give-notices": {
        "task": "github_connections.tasks.give_notices",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "deliver-due": {
        "task": "qualisys.webhooks.tasks.deliver_due",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "forget-old-deliveries": {
        "task": "qualisys.webhooks.tasks.forget_old_deliveries",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
    # Which host is which tenant, for 30 seconds in each process: the look-up costs more than most requests.
    "tenants": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "tenants",
        "TIMEOUT": 30,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# --- API ------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "qualisys.api_tokens.authentication.ApiTokenAuthentication",
        "qualisys.tenancy.authentication.TenantJWTAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["qualisys.throttling.ApiRequests"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["qualisys.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "qualisys.pagination.Pagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "qualisys.exception_handler.handle",
    "DEFAULT_SCHEMA_CLASS": "qualisys.openapi.Schema",
    # OPTIONS is not offered: /api/v1/schema describes the API.
    "DEFAULT_METADATA_CLASS": None,
    # `Accept` alone says in which form an answer is wanted.
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "QUALISYS API",
    "VERSION": "1",
    "DESCRIPTION": API_DESCRIPTION,
    "TAGS": API_TAGS,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # What PATCH takes is a serializer of its own.
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "qualisys.openapi.without_trailing_slashes",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Role": "qualisys.projects.roles.Role",
        "Status": "github_connections.states.Status",
        "Stage": "github_connections.models.Stage",
        "WarningCode": "github_connections.connection_warnings.WarningCode",
        "Event": "github_connections.history.Event",
        "DeliveryStatus": "qualisys.webhooks.models.DeliveryStatus",
        "EventType": "qualisys.webhooks.events.EventType",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/static/qualisys/favicon.svg",
    # No token is kept in the browser, and nobody else is asked whether the description is valid.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "tryItOutEnabled": True, "validatorUrl": None},
}
# Requests in one hour (qualisys/throttling.py).
API_REQUESTS_PER_HOUR_PER_USER = env.int("API_REQUESTS_PER_HOUR_PER_USER", default=1_000)
API_REQUESTS_PER_HOUR_PER_TENANT = env.int("API_REQUESTS_PER_HOUR_PER_TENANT", default=10_000)
TOKEN_ATTEMPTS_PER_HOUR_PER_USER = env.int("TOKEN_ATTEMPTS_PER_HOUR_PER_USER", default=20)
TOKEN_ATTEMPTS_PER_HOUR_PER_TENANT = env.int("TOKEN_ATTEMPTS_PER_HOUR_PER_TENANT", default=100)
LOG_IN_ATTEMPTS_PER_HOUR = env.int("LOG_IN_ATTEMPTS_PER_HOUR", default=30)  # for one e-mail address
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", default=15)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.int("REFRESH_TOKEN_DAYS", default=7)),
    "SIGNING_KEY": SECRET_KEY,
    "ISSUER": "qualisys",
    "TOKEN_USER_CLASS": "rest_framework_simplejwt.models.TokenUser",
    # A token says which password it was given for, so that another one ends it (qualisys/tenancy/authentication.py).
    "CHECK_REVOKE_TOKEN": True,
}

# --- GitHub and clones ------------------------------------------------------------------------------
GITHUB_TOKEN_ENCRYPTION_KEYS = fernet_keys("GITHUB_TOKEN_ENCRYPTION_KEY")
# Where people say their repositories are; a GitHub Enterprise Server has its own host here.
GITHUB_URL = origin("GITHUB_URL", "https://github.com")
GITHUB_API_URL = origin("GITHUB_API_URL", "https://api.github.com")
# Where git fetches from; differs from GITHUB_URL only where a loopback server stands in for GitHub.
GITHUB_CLONE_URL = origin("GITHUB_CLONE_URL", GITHUB_URL)
GITHUB_TIMEOUT = env.float("GITHUB_TIMEOUT", default=10.0)  # seconds for one question to GitHub, all told
# In one process at the same time. Half of the web server's threads at most: the others go on answering.
GITHUB_MAX_QUESTIONS = env.int("GITHUB_MAX_QUESTIONS", default=4)

CLONE_ROOT = Path(env.str("CLONE_ROOT", default=str(BASE_DIR / "tmp" / "tenants")))
CLONE_LIFETIME = timedelta(days=env.int("CLONE_LIFETIME_DAYS", default=7))
CLONE_TIMEOUT = env.int("CLONE_TIMEOUT", default=900)  # seconds
ANALYSIS_TIMEOUT = env.int("ANALYSIS_TIMEOUT", default=300)  # seconds
ANALYSIS_MAX_BYTES = env.int("ANALYSIS_MAX_BYTES", default=300 * 1024**2)  # of source that is parsed
ANALYSIS_PROCESSES = env.int("ANALYSIS_PROCESSES", default=2)  # parsing for one analysis at the same time
CLONE_STALL_TIMEOUT = env.int("CLONE_STALL_TIMEOUT", default=60)  # seconds below 1,000 bytes a second
CLONE_MAX_BYTES = env.int("CLONE_MAX_BYTES", default=2 * 1024**3)  # on disk, git's objects included
CLONE_MAX_FILES = env.int("CLONE_MAX_FILES", default=200_000)
CLONE_MAX_MEMORY_BYTES = env.int("CLONE_MAX_MEMORY_BYTES", default=1024**3)  # for each process of git
CLONE_MINIMUM_FREE_BYTES = env.int("CLONE_MINIMUM_FREE_BYTES", default=1024**3)  # left on the disk
CLONE_CHECKOUT_WORKERS = env.int("CLONE_CHECKOUT_WORKERS", default=2)  # processes writing one tree
CLONE_MAX_ATTEMPTS = env.int("CLONE_MAX_ATTEMPTS", default=4)
CLONE_RETRY_DELAY = env.int("CLONE_RETRY_DELAY", default=15)  # seconds before the first retry, then doubled
# Of a file that one answer carries; a longer one is read in parts.
SOURCE_MAX_BYTES = env.int("SOURCE_MAX_BYTES", default=2 * 1024**2)
# What one tenant may take of what all share.
TENANT_MAX_CLONE_BYTES = env.int("TENANT_MAX_CLONE_BYTES", default=20 * 1024**3)
TENANT_MAX_RUNNING_CLONES = env.int("TENANT_MAX_RUNNING_CLONES", default=2)  # below all workers' concurrency
# GitHub reports a size of the whole history; only a repository far beyond hope is refused for it.
REPOSITORY_MAX_BYTES = env.int("REPOSITORY_MAX_BYTES", default=20 * 1024**3)

# --- Metrics and signs of life ----------------------------------------------------------------------
# Who may read /metrics: whoever sends the token, and these networks without one. Neither: nobody.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_NETWORKS = networks("METRICS_NETWORKS")
# prometheus_client reads the same variable by itself.
PROMETHEUS_MULTIPROC_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", default="")
METRICS_ADDRESS = env.str("METRICS_ADDRESS", default="127.0.0.1")  # of a worker's own metrics
METRICS_PORT = env.int("METRICS_PORT", default=0)  # 0: a worker serves none
if METRICS_PORT and not PROMETHEUS_MULTIPROC_DIR:
    raise ImproperlyConfigured(
        "METRICS_PORT needs PROMETHEUS_MULTIPROC_DIR: a worker's tasks are counted in processes of their own."
    )
HEARTBEAT_FILE = env.str("HEARTBEAT_FILE", default="")

# --- Events ---------------------------------------------------------------------------------------
# Streams at the same time, in one process of the server of events.
EVENT_STREAMS_PER_USER = env.int("EVENT_STREAMS_PER_USER", default=5)
EVENT_STREAMS_PER_TENANT = env.int("EVENT_STREAMS_PER_TENANT", default=200)
EVENT_STREAM_SECONDS = env.int("EVENT_STREAM_SECONDS", default=300)  # after which a client asks again

# --- Webhooks -------------------------------------------------------------------------------------
WEBHOOK_TIMEOUT = env.int("WEBHOOK_TIMEOUT", default=10)  # seconds for one attempt, all told
# Seconds before the second attempt and each further one; their number says how many there are.
WEBHOOK_RETRY_SECONDS = env.list("WEBHOOK_RETRY_SECONDS", int, default=[15, 60, 300, 1800, 7200, 18000, 36000])
WEBHOOK_DISABLE_AFTER = timedelta(days=env.int("WEBHOOK_DISABLE_AFTER_DAYS", default=5))
WEBHOOK_LOG_LIFETIME = timedelta(days=env.int("WEBHOOK_LOG_DAYS", default=30))
WEBHOOKS_PER_PROJECT = env.int("WEBHOOKS_PER_PROJECT", default=10)
# For a receiver on a developer's own machine: plain http, and addresses of this machine.
WEBHOOK_ALLOW_LOOPBACK = env.bool("WEBHOOK_ALLOW_LOOPBACK", default=False)

# --- Logging --------------------------------------------------------------------------------------
LOG_FORMAT = env.str("LOG_FORMAT", default="lines" if DEBUG else "json")
if LOG_FORMAT not in {"json", "lines"}:
    raise ImproperlyConfigured("LOG_FORMAT is json, for machines, or lines, for a person's eyes.")
# The id of a request, which its tasks carry on: the caller's own where it is a UUID, else a new one.
DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "RETURN_HEADER": True,
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [CeleryIntegration()],
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "context": {"()": "qualisys.observability.logs.ContextFilter"},
        "redact": {"()": "qualisys.redaction.RedactingFilter"},
    },
    "formatters": {
        "json": {"()": "qualisys.observability.logs.JsonLines"},
        "lines": {"()": "qualisys.observability.logs.ReadableLines"},
    },
    "handlers": {
        # The redaction is the last to see a record.
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["context", "redact"]}
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "django_guid": {"level": "ERROR"},
        # Django's own handlers would write everything once more, without the redaction.
        "django": {"handlers": []},
        "django.server": {"handlers": [], "propagate": True},
    },
}

# --- Admin ----------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "QUALISYS",
    "SITE_HEADER": "QUALISYS",
    "SITE_SYMBOL": "hub",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/qualisys/favicon.svg"}],
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "github_connections.dashboard.start_page",
    "SITE_SUBHEADER": "qualisys.admin_site.subheader",
}
