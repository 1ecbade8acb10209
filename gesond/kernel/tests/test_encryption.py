import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesond.kernel.encryption import DecryptionError, decrypt, encrypt, key_name
from gesond.kernel.tests.keyrings import use

PLACE = b"table.column"


@given(st.binary(max_size=200))
def test_what_was_encrypted_is_decrypted(plain):
    assert decrypt(encrypt(plain, context=PLACE), context=PLACE) == plain


def test_the_same_value_never_looks_the_same():
    assert encrypt(b"x", context=PLACE) != encrypt(b"x", context=PLACE)


def test_a_value_moved_elsewhere_does_not_open():
    with pytest.raises(DecryptionError):
        decrypt(encrypt(b"x", context=PLACE), context=b"table.other")


def test_no_byte_can_be_changed():
    token = encrypt(b"secret", context=PLACE)
    for at in range(len(token)):
        with pytest.raises(DecryptionError):
            decrypt(token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :], context=PLACE)


def test_no_byte_can_be_cut_or_added():
    token = encrypt(b"secret", context=PLACE)
    for damaged in [token[:length] for length in range(len(token))] + [token + b"\0"]:
        with pytest.raises(DecryptionError):
            decrypt(damaged, context=PLACE)


def test_an_older_key_still_opens_what_it_closed(settings):
    use(settings, encryption=("2026",))
    token = encrypt(b"x", context=PLACE)
    use(settings, encryption=("2027", "2026"))
    assert decrypt(token, context=PLACE) == b"x"
    assert (key_name(token), key_name(encrypt(b"x", context=PLACE))) == ("2026", "2027")


def test_a_key_taken_out_of_the_ring_is_named(settings):
    use(settings, encryption=("2026",))
    token = encrypt(b"x", context=PLACE)
    use(settings, encryption=("2027",))
    with pytest.raises(DecryptionError, match="'2026'"):
        decrypt(token, context=PLACE)
