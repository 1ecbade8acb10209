from gesond.kernel.hashing import DIGEST_BYTES, keyed_hash, keyed_hashes, matches, random_token
from gesond.kernel.tests.keyrings import use


def test_the_same_value_gives_the_same_hash_for_one_purpose_only():
    first = keyed_hash("rita@example.org", purpose="account.email")
    assert len(first) == DIGEST_BYTES
    assert first == keyed_hash("rita@example.org", purpose="account.email")
    assert first != keyed_hash("rita@example.org", purpose="outbox.recipient")
    assert first != keyed_hash("rito@example.org", purpose="account.email")


def test_purpose_and_value_cannot_run_into_each_other():
    assert keyed_hash("bc", purpose="a") != keyed_hash("c", purpose="ab")


def test_a_look_up_finds_what_older_keys_made(settings):
    use(settings, hashing=("2026",))
    old = keyed_hash("x", purpose="p")
    use(settings, hashing=("2027", "2026"))
    assert keyed_hashes("x", purpose="p") == [keyed_hash("x", purpose="p"), old]
    assert matches("x", old, purpose="p")
    assert matches("x", memoryview(old), purpose="p")
    assert not matches("y", old, purpose="p")


def test_without_its_key_a_hash_matches_nothing(settings):
    use(settings, hashing=("2026",))
    old = keyed_hash("x", purpose="p")
    use(settings, hashing=("2027",))
    assert not matches("x", old, purpose="p")


def test_tokens_differ_and_are_safe_in_a_url():
    assert random_token() != random_token()
    assert random_token().replace("-", "").replace("_", "").isalnum()
    assert len(random_token()) == 43
