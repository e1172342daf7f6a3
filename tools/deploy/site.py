"""The web application in its bucket: files whose names carry their content first, the page that names them last."""

import hashlib
import json
import mimetypes
from pathlib import Path

# What Python's own table lacks or says differently on some machines.
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8",
         ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", ".woff2": "font/woff2",
         ".webmanifest": "application/manifest+json", ".json": "application/json"}
IMMUTABLE = "public, max-age=31536000, immutable"
# A browser may keep it and asks each time whether it is still the one.
ASK_AGAIN = "no-cache"
LAST = ("index.html",)


def upload(s3, bucket: str, dist: Path, config: dict) -> list[str]:
    """Uploads what differs from what is there. Answers the keys that changed and are not named by their content."""
    files = {str(path.relative_to(dist)): path.read_bytes() for path in sorted(dist.rglob("*")) if path.is_file()}
    files["config.json"] = json.dumps(config, indent=2).encode()
    there = {item["Key"]: item["ETag"].strip('"') for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
             for item in page.get("Contents", [])}
    changed = []
    for key in sorted(files, key=lambda key: (key in LAST, key)):
        # The tag of an object that was put in one piece is the MD5 of its bytes.
        if there.get(key) == hashlib.md5(files[key], usedforsecurity=False).hexdigest():
            continue
        s3.put_object(Bucket=bucket, Key=key, Body=files[key], ContentType=_type(key), CacheControl=_cache(key))
        changed.append(key)
    # The files of earlier builds stay: a page that was opened before may still ask for them.
    return [key for key in changed if _cache(key) == ASK_AGAIN]


def _cache(key: str) -> str:
    return IMMUTABLE if key.startswith("assets/") else ASK_AGAIN


def _type(key: str) -> str:
    suffix = Path(key).suffix
    return TYPES.get(suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"
