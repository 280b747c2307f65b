"""The headers that protect the reader's browser; the same for every response."""

CONTENT_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "media-src": "'self' https:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
    # the script that shows push notices
    "worker-src": "'self'",
    # report-uri for browsers without support for report-to
    "report-uri": "/api/reports",
    "report-to": "askproai",
}


DISABLED_FEATURES = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "payment",
    "usb",
)


# the same for every response, so built once
SECURITY_HEADERS = (
    ("Content-Security-Policy", "; ".join(f"{name} {value}" for name, value in CONTENT_POLICY.items())),
    ("Permissions-Policy", ", ".join(f"{name}=()" for name in DISABLED_FEATURES)),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Reporting-Endpoints", 'askproai="/api/reports"'),
)


STRICT_TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains; preload"
