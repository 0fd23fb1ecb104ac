#!/usr/bin/env python3
"""Writes tokens.json and keys.json beside itself: tokens signed by PyJWT and cryptography (Debian: python3-jwt,
python3-cryptography), an implementation that is not ours. Run it with Debian's python3 when a case is to be added; the
keys are made anew each time."""
import base64
import json
import os

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

FOLDER = os.path.dirname(os.path.abspath(__file__))
NOW = 1_800_000_000  # the time at which the test looks
SECRET = b"a secret of sixty-four bytes is long enough for every hash used."
CLAIMS = {"sub": "user-42", "iss": "https://issuer.example", "aud": ["app", "other"], "iat": NOW - 10, "exp": NOW + 600}


def number(value, size=None):
    size = size or (value.bit_length() + 7) // 8
    return base64.urlsafe_b64encode(value.to_bytes(size, "big")).rstrip(b"=").decode()


def text(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def ec_jwk(key, curve, size, kid):
    point = key.public_key().public_numbers()
    return {"kty": "EC", "crv": curve, "kid": kid, "x": number(point.x, size), "y": number(point.y, size)}


def pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def main():
    rsa_key = rsa.generate_private_key(65537, 2048)
    p256, p384, ed = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1()), \
        ed25519.Ed25519PrivateKey.generate()
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    rsa_numbers = rsa_key.public_key().public_numbers()
    keys = [{"kty": "oct", "kid": "secret", "k": text(SECRET)},
            {"kty": "RSA", "kid": "rsa", "use": "sig", "n": number(rsa_numbers.n), "e": number(rsa_numbers.e)},
            ec_jwk(p256, "P-256", 32, "p256"), ec_jwk(p384, "P-384", 48, "p384"),
            {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": text(ed.public_key().public_bytes(*raw))}]
    signers = {"HS256": SECRET, "HS384": SECRET, "HS512": SECRET, "RS256": rsa_key, "RS384": rsa_key, "RS512": rsa_key,
               "PS256": rsa_key, "PS384": rsa_key, "PS512": rsa_key, "ES256": p256, "ES384": p384, "EdDSA": ed}
    tokens = {name: jwt.encode(CLAIMS, key, algorithm=name) for name, key in signers.items()}
    written = {"keys.json": {"keys": keys},
               "tokens.json": {"now": NOW, "tokens": tokens,
                               "pem": {"RS256": pem(rsa_key), "ES256": pem(p256), "ES384": pem(p384), "EdDSA": pem(ed)}}}
    for name, content in written.items():
        with open(os.path.join(FOLDER, name), "w", encoding="ascii") as file:
            json.dump(content, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
