#!/usr/bin/python3
"""Writes certificates for tests into the directory that is its argument: right ones, and each kind of wrong.

Each NAME.pem holds a certificate and its private key; NAME.crt the certificate alone.
"""
import datetime
import ipaddress
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

directory = sys.argv[1]
now = datetime.datetime.utcnow()
day = datetime.timedelta(days=1)
LOCAL = ["localhost", "127.0.0.1", "::1"]


def general_name(text):
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def certificate(name, issuer=None, names=(), start=-day, end=30 * day, authority=False):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuing, signer = issuer or (None, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuing.subject if issuing else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + start)
        .not_valid_after(now + end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if names:
        names = x509.SubjectAlternativeName([general_name(text) for text in names])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, hashes.SHA256()), key


def write(name, pair, encryption=serialization.NoEncryption()):
    certificate, key = pair
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    for suffix, content in ((".pem", public + private), (".crt", public), (".key", private)):
        with open(f"{directory}/{name}{suffix}", "wb") as file:
            file.write(content)


root = certificate("Test Root", authority=True)
stranger = certificate("Strange Root", authority=True)
write("root", root)
write("stranger", stranger)
write("server", certificate("server.test", root, LOCAL))
write("renewed", certificate("renewed.test", root, LOCAL))
write("alone", certificate("alone.test", None, LOCAL))
write("expired", certificate("expired.test", root, LOCAL, -10 * day, -3 * day))
write("early", certificate("early.test", root, LOCAL, 3 * day, 10 * day))
write("elsewhere", certificate("elsewhere.test", root, ["elsewhere.test", "192.0.2.7"]))
write("client", certificate("client.test", root))
write("foreign", certificate("foreign.test", stranger))
write(
    "locked",
    certificate("locked.test", root, LOCAL),
    serialization.BestAvailableEncryption(b"a passphrase"),
)
