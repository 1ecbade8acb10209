"""What the desk needs: persons found by the beginning of a name, and why a member of staff reads somebody's data."""

import django.db.models.deletion
import gesond.identity.models.person
from django.conf import settings
from django.db import migrations, models


# The same as `gesond.identity.registry.person_search.plain_name`. Marks go before case: then no rule of a language is needed.
PLAIN_NAME = r"""
CREATE FUNCTION identity_plain_name(first text, second text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT RETURN
    btrim(regexp_replace(
        replace(replace(replace(translate(
            lower(regexp_replace(normalize(first || ' ' || second, NFKD), U&'[\0300-\036F]', '', 'g')
                  COLLATE "pg_c_utf8"),
            'øđðłı', 'oddli'), 'ß', 'ss'), 'œ', 'oe'), 'æ', 'ae'),
        '[^[:alnum:]]+', ' ', 'g'))
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0005_identity_checks'),
    ]

    operations = [
        migrations.RunSQL(PLAIN_NAME, "DROP FUNCTION identity_plain_name(text, text)"),
        migrations.CreateModel(
            name='StaffLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('person_asked', 'The person contacted us'), ('letter', 'A letter is issued or did not arrive'), ('identity_check', 'An identity is checked'), ('registry_error', 'An error in the registry is put right'), ('security', 'A security incident is examined')], max_length=20)),
                ('reference', models.CharField(blank=True, max_length=40)),
                ('began_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='search_given_first',
            field=models.GeneratedField(db_persist=True, expression=gesond.identity.models.person.PlainName('given_names', 'family_name'), output_field=models.CharField(db_collation='C', max_length=500)),
        ),
        migrations.AddField(
            model_name='person',
            name='search_name',
            field=models.GeneratedField(db_persist=True, expression=gesond.identity.models.person.PlainName('family_name', 'given_names'), output_field=models.CharField(db_collation='C', max_length=500)),
        ),
        migrations.AlterField(
            model_name='letterrequest',
            name='reason',
            field=models.CharField(blank=True, choices=[('unknown', 'Unknown'), ('deceased', 'Deceased'), ('account_exists', 'Account Exists'), ('recent_letter', 'Recent Letter'), ('already_asked', 'Already Asked'), ('no_address', 'No Address'), ('agency', 'Agency')], max_length=15),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['search_name', 'id'], name='person_search_name'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['search_given_first', 'id'], name='person_search_given'),
        ),
        migrations.AddField(
            model_name='stafflook',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looked_at', to='identity.person'),
        ),
        migrations.AddField(
            model_name='stafflook',
            name='staff',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='stafflook',
            index=models.Index(fields=['staff', 'person', '-ends_at'], name='staff_look_held'),
        ),
        migrations.AddConstraint(
            model_name='stafflook',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('began_at'))), name='staff_look_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='stafflook',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['person_asked', 'letter', 'identity_check', 'registry_error', 'security'])), name='staff_look_says_why'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(condition=models.Q(('state', 'active'), _negated=True), fields=['state'], name='account_not_active'),
        ),
    ]
