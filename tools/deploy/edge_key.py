"""The key that the edge trusts: what it signs, CloudFront lets through to a tenant's Releases and to uploaded files.

Its private half is made here, once, and goes into the secret that the data stack keeps; the public half is a parameter of the
web stack. CloudFront takes elliptic keys, which sign in microseconds where RSA takes milliseconds of a small function.
"""

import base64

from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)


def public_half(secrets, secret: str) -> str:
    """The public key in PEM. The private one is made if the secret is still empty."""
    private = _stored(secrets, secret)
    if private is None:
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        # One line, since a function has it in its environment.
        secrets.put_secret_value(SecretId=secret, SecretString=base64.b64encode(private).decode())
    key = load_der_private_key(private, password=None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _stored(secrets, secret: str) -> bytes | None:
    try:
        # A secret that is there without a value has none on AWS and an empty one on the local AWS.
        return base64.b64decode(secrets.get_secret_value(SecretId=secret)["SecretString"]) or None
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
