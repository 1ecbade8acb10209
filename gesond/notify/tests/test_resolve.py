import pytest
from django.core.exceptions import ImproperlyConfigured

from gesond.notify.channels import PermanentError, check_addresses, sender_for
from gesond.notify.channels.email import SMTPSender
from gesond.notify.channels.kept import KeptSender
from gesond.notify.channels.sms_http import GatewaySender
from gesond.notify.channels.sms_smpp import SMPPSender
from gesond.notify.tests.factories import environment


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"smtp_url": "mailto:a@b.lu"}, "GESOND_SMTP_URL"),
        ({"smtp_url": ""}, "GESOND_SMTP_URL"),
        ({"smtp_url": "smtp://"}, "GESOND_SMTP_URL"),
        ({"smtp_url": "smtp://host:port"}, "GESOND_SMTP_URL"),
        ({"sms_url": "smtp://host"}, "GESOND_SMS_URL"),
        ({"sms_url": "http://gateway.example/"}, "GESOND_SMS_URL"),
    ],
)
def test_an_address_nobody_understands_stops_the_start_by_its_name(changes, variable):
    with pytest.raises(ImproperlyConfigured, match=variable):
        check_addresses(environment(**changes))


def test_the_refusal_does_not_tell_the_password():
    with pytest.raises(ImproperlyConfigured) as raised:
        check_addresses(environment(smtp_url="smpt://user:pa55word@host"))
    assert "pa55word" not in str(raised.value)


@pytest.mark.parametrize(
    ("channel", "changes", "kind"),
    [
        ("email", {"smtp_url": "smtp://mail.example"}, SMTPSender),
        ("email", {"smtp_url": "smtp+starttls://u:p@mail.example"}, SMTPSender),
        ("email", {"smtp_url": "smtps://mail.example"}, SMTPSender),
        ("email", {"smtp_url": "outbox:"}, KeptSender),
        ("sms", {"sms_url": "smpp://id:p@centre.example"}, SMPPSender),
        ("sms", {"sms_url": "smpps://id:p@centre.example"}, SMPPSender),
        ("sms", {"sms_url": "https://:token@gateway.example/sms"}, GatewaySender),
        ("sms", {"sms_url": "http://:token@localhost:8081/sms"}, GatewaySender),
        ("sms", {"sms_url": "outbox:"}, KeptSender),
    ],
)
def test_each_scheme_has_its_channel(channel, changes, kind, settings):
    settings.ENVIRONMENT = environment(**changes)
    check_addresses(settings.ENVIRONMENT)
    assert isinstance(sender_for(channel), kind)
    assert sender_for(channel) is sender_for(channel)


def test_secrets_of_an_address_are_not_shown(settings):
    settings.ENVIRONMENT = environment(smtp_url="smtp://u:pa55@m.example", sms_url="https://:t0ken@g.example/")
    assert "t0ken" not in repr(sender_for("sms"))
    assert "pa55" not in repr(sender_for("email"))


def test_letters_do_not_leave_by_a_channel():
    with pytest.raises(PermanentError):
        sender_for("letter")
