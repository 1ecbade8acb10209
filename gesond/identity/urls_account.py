"""« Mon Compte » → « Gérer mon compte », and signing in with the means it adds."""

from django.urls import URLPattern, path, re_path

from gesond.identity.views import (
    account,
    account_channels,
    account_confirm,
    account_devices,
    account_luxtrust,
    account_objection,
    account_passkeys,
    account_password,
    account_patient_access,
    account_personal,
    account_totp,
    sign_in_factors,
)

CHANNEL = "(?P<channel>sms|email)"

account_urls: list[URLPattern] = [
    path("account/", account.first_tab, name="account"),
    path("account/authentication/", account.authentication, name="account_authentication"),
    path("account/personal/", account_personal.personal, name="account_personal"),
    path("account/confirm/", account_confirm.confirm, name="account_confirm"),
    re_path(f"^account/channel/{CHANNEL}/$", account_channels.change_channel, name="account_channel"),
    re_path(f"^account/channel/{CHANNEL}/remove/$", account_channels.remove_channel, name="account_channel_remove"),
    path("account/change/<uuid:change_id>/", account_channels.change_code, name="account_change"),
    path("account/change/<uuid:change_id>/resend/", account_channels.resend_code, name="account_change_resend"),
    path("account/change/<uuid:change_id>/give-up/", account_channels.give_up, name="account_change_give_up"),
    path("account/code-channel/", account_channels.code_channel, name="account_code_channel"),
    path("account/objection/<str:token>/", account_objection.objection, name="account_objection"),
    path("account/password/", account_password.change_password, name="account_password"),
    path("account/patient-access/", account_patient_access.patient_access, name="account_patient_access"),
    path("account/confirm/luxtrust/", account_luxtrust.step_up, name="account_confirm_luxtrust"),
    path("account/luxtrust/", account_luxtrust.associate, name="account_luxtrust"),
    path("account/luxtrust/associated/", account_luxtrust.associated, name="account_luxtrust_associated"),
    path("account/luxtrust/<int:product_id>/", account_luxtrust.rename, name="account_luxtrust_rename"),
    path("account/luxtrust/<int:product_id>/remove/", account_luxtrust.remove, name="account_luxtrust_remove"),
    path("account/passkeys/add/", account_passkeys.add, name="account_passkey_add"),
    path("account/passkeys/options/", account_passkeys.options, name="account_passkey_options"),
    path("account/passkeys/proof/", account_passkeys.step_up_options, name="account_passkey_proof"),
    path("account/passkeys/<int:passkey_id>/", account_passkeys.rename, name="account_passkey_rename"),
    path("account/passkeys/<int:passkey_id>/remove/", account_passkeys.remove, name="account_passkey_remove"),
    path("account/app/", account_totp.begin, name="account_totp"),
    path("account/app/confirm/", account_totp.confirm, name="account_totp_confirm"),
    path("account/app/remove/", account_totp.remove, name="account_totp_remove"),
    path("account/app/recovery-codes/", account_totp.renew_codes, name="account_recovery_codes"),
    path("account/devices/sign-out/", account_devices.sign_out_others, name="account_devices_sign_out"),
    path("account/devices/<slug:key>/sign-out/", account_devices.sign_out_device, name="account_device_sign_out"),
    path("account/data/", account_personal.ask_for_data, name="account_data"),
    path("account/data/<uuid:export_id>/", account_personal.download, name="account_data_download"),
    path("sign-in/app/", sign_in_factors.totp, name="sign_in_totp"),
    path("sign-in/recovery-code/", sign_in_factors.recovery, name="sign_in_recovery"),
    path("sign-in/passkey/confirm/", sign_in_factors.second_passkey, name="sign_in_second_passkey"),
    path("sign-in/passkey/options/", sign_in_factors.passkey_options, name="sign_in_passkey_options"),
]
