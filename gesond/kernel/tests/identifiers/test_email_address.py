import pytest

from gesond.kernel.identifiers import EmailAddress, IdentifierError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("rita@example.org", "rita@example.org"),
        (" Rita.Doe+dsp@Example.ORG ", "rita.doe+dsp@example.org"),
        ("rita@müller.de", "rita@xn--mller-kva.de"),
    ],
)
def test_one_mailbox_has_one_spelling(text, value):
    assert EmailAddress.parse(text).value == value


def test_it_is_masked_but_for_the_domain():
    """S2-22."""
    assert EmailAddress.parse("rita@agence-esante.lu").masked == "*****@agence-esante.lu"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("rita", "format"),
        ("rita@", "format"),
        ("@example.org", "format"),
        ("rita@example", "format"),
        ("rita@example..org", "format"),
        ("rita doe@example.org", "characters"),
        ("renée@example.org", "characters"),
        ("r" * 250 + "@example.org", "length"),
        ("Rita <rita@example.org>", "characters"),
        ('"rita"@example.org', "format"),
        ("rita@[127.0.0.1]", "format"),
    ],
)
def test_what_is_no_address_is_refused(text, code):
    with pytest.raises(IdentifierError) as caught:
        EmailAddress.parse(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "rita@example.org\nBcc: all@example.org",
        "rita@example.org\r\nSubject: x",
        "ri\rta@example.org",
        "rita\x00@example.org",
        "rita@exam\nple.org",
        "rita@example.org,other@example.org",
        "rita@example.org\u2028Bcc: all@example.org",
    ],
)
def test_nothing_can_be_smuggled_into_a_message_header(text):
    with pytest.raises(IdentifierError):
        EmailAddress.parse(text)
