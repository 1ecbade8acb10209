"""Django's settings, all derived from the typed environment."""

import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from gesond.config.database import database_settings
from gesond.config.environment import Environment, Mode
from gesond.config.logs import logging_settings

ENVIRONMENT = Environment.read()
if refusals := ENVIRONMENT.refusals():
    raise ImproperlyConfigured("Gesond refuses to start in production:\n- " + "\n- ".join(refusals))

PACKAGE = Path(__file__).resolve().parent.parent
PRODUCTION = ENVIRONMENT.mode is Mode.PRODUCTION
DEMO = ENVIRONMENT.mode is not Mode.PRODUCTION

DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.base_url]
ROOT_URLCONF = "gesond.config.urls"
WSGI_APPLICATION = "gesond.config.wsgi.application"
ASGI_APPLICATION = "gesond.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django_prometheus",
    "procrastinate.contrib.django",
    "captcha",
    "channels",
    "gesond.kernel",
    "gesond.web",
    "gesond.notify",
    "gesond.identity",
    "gesond.directory",
    "gesond.content",
    "gesond.helpdesk",
    "gesond.desk",
    *(["gesond.demo"] if DEMO else []),
]

MIDDLEWARE = [
    "gesond.web.requests.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gesond.web.content_policy.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gesond.identity.sessions.authentication.AccountMiddleware",
    "gesond.identity.sessions.authentication.SignInRequiredMiddleware",
    "gesond.identity.sessions.consent.ConsentMiddleware",
    "gesond.directory.admission.MandateMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gesond.web.form_addresses.FormAddressMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "gesond.web.templates.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "gesond.identity.staff.desk_menu",
            ],
        },
    },
    # Third-party apps (the captcha's image, the queue's own pages) still speak Django's template language.
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True},
]

DATABASES = {"default": database_settings(ENVIRONMENT)}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "identity:sign_in"
SESSION_ENGINE = "gesond.identity.sessions.store"
SESSION_COOKIE_NAME = "gesond_session"
SESSION_COOKIE_AGE = 30 * 60  # half an hour without a click signs a person out
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "gesond_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "gesond.web.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = "gesond_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-gesond_session"
    CSRF_COOKIE_NAME = "__Host-gesond_csrf"
    if ENVIRONMENT.trusted_proxies:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Where the browser opens its sockets: the same host in production, the neighbouring port in the demo.
SOCKETS_ORIGIN = "" if PRODUCTION else f"ws://localhost:{ENVIRONMENT.port + 1}"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *([SOCKETS_ORIGIN] if SOCKETS_ORIGIN else [])],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("de", "Deutsch"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Luxembourg"

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.static
STORAGES = {
    "default": {
        "BACKEND": "gesond.kernel.storage.EncryptedStorage",
        "OPTIONS": {
            "inner": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": str(ENVIRONMENT.home / "files")},
            },
        },
    },
    # What anyone may read, such as the terms of use in PDF: not encrypted.
    "public": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(ENVIRONMENT.home / "public")},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENVIRONMENT.mode is not Mode.TEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 60
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["gesond.web.uploads.NoFiles"]

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

CAPTCHA_CHALLENGE_FUNCT = "gesond.web.captcha.challenge"
CAPTCHA_LENGTH = 5
CAPTCHA_FONT_SIZE = 36
CAPTCHA_IMAGE_SIZE = (220, 70)
CAPTCHA_LETTER_ROTATION = (-20, 20)
CAPTCHA_NOISE_FUNCTIONS = ("captcha.helpers.noise_dots",)

LOGGING_CONFIG = None
LOGGING = logging_settings(ENVIRONMENT)
TESTING = "pytest" in sys.modules

SERVICE_NAME = "Gesond"
