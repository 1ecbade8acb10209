"""Seals and stored files; triggers that make the journal append-only.

The triggers hold for every role, the tables' owner included; only one who may alter a table or its triggers gets past
them, and the hashes are there to tell.
"""

import gesond.kernel.fields
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION kernel_journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- The head moves on by one entry at a time and never back.
CREATE FUNCTION kernel_journal_head_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name <> OLD.name OR NEW.last_sequence NOT IN (OLD.last_sequence, OLD.last_sequence + 1)
       OR (NEW.last_sequence = OLD.last_sequence AND NEW.last_hash <> OLD.last_hash) THEN
        RAISE EXCEPTION 'the head of journal chain % can only move on by one entry', OLD.name
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER kernel_journal_append_only BEFORE UPDATE OR DELETE ON kernel_journalentry
    FOR EACH ROW EXECUTE FUNCTION kernel_journal_refuse();
CREATE TRIGGER kernel_journal_no_truncate BEFORE TRUNCATE ON kernel_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_journal_refuse();

CREATE TRIGGER kernel_journal_append_only BEFORE UPDATE OR DELETE ON kernel_journalsealedhead
    FOR EACH ROW EXECUTE FUNCTION kernel_journal_refuse();
CREATE TRIGGER kernel_journal_no_truncate BEFORE TRUNCATE ON kernel_journalsealedhead
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_journal_refuse();

CREATE TRIGGER kernel_journal_head_moves_on BEFORE UPDATE ON kernel_journalchain
    FOR EACH ROW EXECUTE FUNCTION kernel_journal_head_moves_on();
CREATE TRIGGER kernel_journal_append_only BEFORE DELETE ON kernel_journalchain
    FOR EACH ROW EXECUTE FUNCTION kernel_journal_refuse();
CREATE TRIGGER kernel_journal_no_truncate BEFORE TRUNCATE ON kernel_journalchain
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_journal_refuse();
"""

NO_LONGER = """
DROP TRIGGER kernel_journal_append_only ON kernel_journalentry;
DROP TRIGGER kernel_journal_no_truncate ON kernel_journalentry;
DROP TRIGGER kernel_journal_append_only ON kernel_journalsealedhead;
DROP TRIGGER kernel_journal_no_truncate ON kernel_journalsealedhead;
DROP TRIGGER kernel_journal_head_moves_on ON kernel_journalchain;
DROP TRIGGER kernel_journal_append_only ON kernel_journalchain;
DROP TRIGGER kernel_journal_no_truncate ON kernel_journalchain;
DROP FUNCTION kernel_journal_head_moves_on();
DROP FUNCTION kernel_journal_refuse();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='JournalSealedHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.BigIntegerField()),
                ('chain', models.CharField(max_length=80)),
                ('sequence', models.BigIntegerField()),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seal', 'chain'), name='journal_sealed_once'), models.UniqueConstraint(fields=('chain', 'sequence'), name='journal_sealed_head')],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('storage', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=255)),
                ('data_key', gesond.kernel.fields.EncryptedBytesField(editable=True)),
                ('size', models.BigIntegerField()),
                ('sha256', models.BinaryField(max_length=32)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('storage', 'name'), name='stored_file_name')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NO_LONGER),
    ]
