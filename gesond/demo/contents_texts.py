"""What the demo's contents say: S2-05 names the three news items."""
# ruff: noqa: E501 - texts read better unbroken

from typing import Any


def _texts(french: tuple[str, ...], german: tuple[str, ...] = (), english: tuple[str, ...] = ()) -> dict[str, Any]:
    """Title, summary, text and, of an event, its place, by language."""
    names = ("title", "summary", "body", "place")
    written = {"fr": french, "de": german, "en": english}
    return {language: dict(zip(names, texts, strict=False)) for language, texts in written.items() if texts}


# Days since it was published, texts.
NEWS = (
    (
        9,
        _texts(
            (
                "Première étape vers le remboursement accéléré des mémoires d'honoraires",
                "Le mémoire payé chez le médecin peut être envoyé à la CNS depuis le cabinet et remboursé en quelques jours.",
                "Dans les cabinets qui y participent, le médecin envoie votre mémoire d'honoraires à la CNS pendant que "
                "vous êtes encore là. Le remboursement arrive sur votre compte bancaire en quelques jours.\n\n"
                "## Ce qu'il vous faut\n\n- un compte eSanté activé\n- un compte bancaire connu de la CNS\n\n"
                "Vous n'avez plus de papier à envoyer. D'autres étapes suivront.",
            ),
            (
                "Erster Schritt zur beschleunigten Rückerstattung der Honorarnoten",
                "Die beim Arzt bezahlte Honorarnote kann aus der Praxis an die CNS gehen und wird in wenigen Tagen erstattet.",
                "In teilnehmenden Praxen schickt der Arzt Ihre Honorarnote an die CNS, während Sie noch da sind. Die "
                "Erstattung ist in wenigen Tagen auf Ihrem Bankkonto.\n\n## Was Sie brauchen\n\n- ein aktiviertes "
                "eSanté-Konto\n- ein Bankkonto, das die CNS kennt\n\nPapier müssen Sie keines mehr einsenden. Weitere "
                "Schritte folgen.",
            ),
            (
                "First step to the accelerated reimbursement of fee notes",
                "The fee note paid at the doctor's can be sent to the CNS from the practice and paid back in a few days.",
                "In practices that take part, the doctor sends your fee note to the CNS while you are still there. The "
                "reimbursement arrives in your bank account in a few days.\n\n## What you need\n\n- an active eSanté "
                "account\n- a bank account that the CNS knows\n\nThere is no paper to send any more. Further steps will "
                "follow.",
            ),
        ),
    ),
    (
        5,
        _texts(
            (
                "La déclaration de don d'organes contenue dans le DSP est accessible aux coordinateurs de transplantation",
                "Ce que vous y avez déclaré est lu à temps, par ceux-là seuls qui en ont besoin.",
                "Dans votre DSP, vous pouvez dire si vous êtes pour ou contre le don de vos organes. Les coordinateurs de "
                "transplantation peuvent maintenant lire cette déclaration, et elle seule.\n\nVous pouvez la changer à "
                "tout moment. Parlez-en aussi à vos proches.",
            ),
            (
                "Die Erklärung zur Organspende im DSP ist für die Transplantationskoordination zugänglich",
                "Was Sie dort erklärt haben, wird rechtzeitig gelesen, und nur von denen, die es brauchen.",
                "In Ihrem DSP können Sie sagen, ob Sie für oder gegen die Spende Ihrer Organe sind. Die "
                "Transplantationskoordination kann diese Erklärung nun lesen, und nur sie.\n\nSie können sie jederzeit "
                "ändern. Sprechen Sie auch mit Ihren Angehörigen darüber.",
            ),
            (
                "The organ-donation declaration in the DSP can be read by transplant coordinators",
                "What you declared there is read in time, and only by those who need it.",
                "In your DSP you can say whether you are for or against donating your organs. Transplant coordinators can "
                "now read that declaration, and nothing else.\n\nYou can change it at any time. Tell those close to you "
                "as well.",
            ),
        ),
    ),
    (
        2,
        _texts(
            (
                "Le Carnet de Vaccination Electronique (CVE) lancé en phase pilote",
                "Les premiers médecins y inscrivent les vaccins de leurs patients. Vous retrouvez le vôtre dans votre DSP.",
                "Le carnet jaune en papier reste valable. Dans les cabinets pilotes, chaque vaccin est aussi inscrit dans "
                "le **Carnet de Vaccination Electronique**, que vous lisez dans votre DSP.\n\n## Qui peut y participer\n\n"
                "Les patients des médecins pilotes, dès maintenant. Tous les autres, à la fin de la phase pilote.",
            ),
            (
                "Das elektronische Impfbuch (CVE) startet in der Pilotphase",
                "Die ersten Ärzte tragen dort die Impfungen ihrer Patienten ein. Sie finden Ihres in Ihrem DSP.",
                "Das gelbe Impfbuch aus Papier bleibt gültig. In den Pilotpraxen wird jede Impfung auch in das "
                "**elektronische Impfbuch** eingetragen, das Sie in Ihrem DSP lesen.\n\n## Wer teilnehmen kann\n\nDie "
                "Patienten der Pilotärzte ab sofort. Alle anderen nach dem Ende der Pilotphase.",
            ),
            (
                "The electronic vaccination card (CVE) starts its pilot phase",
                "The first doctors enter their patients' vaccinations in it. You find yours in your DSP.",
                "The yellow paper card stays valid. In the pilot practices, each vaccination is also entered in the "
                "**electronic vaccination card**, which you read in your DSP.\n\n## Who can take part\n\nThe patients of "
                "the pilot doctors, from now on. Everybody else, at the end of the pilot phase.",
            ),
        ),
    ),
)

# In how many days, at what hour, for how many hours, texts.
EVENTS = (
    (
        -30,
        18,
        1.5,
        _texts(
            (
                "Soirée d'information : votre DSP en pratique",
                "Les réponses à vos questions sur le dossier de soins partagé.",
                "Merci à toutes celles et à tous ceux qui sont venus.",
                "Esch-sur-Alzette, Maison des citoyens",
            ),
            (
                "Informationsabend: Ihr DSP in der Praxis",
                "Antworten auf Ihre Fragen zur elektronischen Pflegeakte.",
                "Danke an alle, die gekommen sind.",
                "Esch an der Alzette, Bürgerhaus",
            ),
            (
                "Information evening: your DSP in practice",
                "Answers to your questions about the shared care record.",
                "Thank you to all who came.",
                "Esch-sur-Alzette, citizens' house",
            ),
        ),
    ),
    (
        12,
        18,
        2,
        _texts(
            (
                "Activer son compte eSanté : on vous aide",
                "Venez avec votre lettre : nous activons votre compte ensemble, pas à pas.",
                "Apportez votre **lettre d'activation**, votre carte de sécurité sociale et votre téléphone.\n\n"
                "L'entrée est libre, sans inscription.",
                "Luxembourg, Cité Bibliothèque",
            ),
            (
                "Ihr eSanté-Konto aktivieren: Wir helfen",
                "Kommen Sie mit Ihrem Schreiben: Wir aktivieren Ihr Konto gemeinsam, Schritt für Schritt.",
                "Bringen Sie Ihren **Aktivierungsbrief**, Ihre Sozialversicherungskarte und Ihr Telefon mit.\n\n"
                "Der Eintritt ist frei, ohne Anmeldung.",
                "Luxemburg, Cité Bibliothèque",
            ),
            (
                "Activating an eSanté account: we help you",
                "Come with your letter: we activate your account together, step by step.",
                "Bring your **activation letter**, your social security card and your telephone.\n\n"
                "Admission is free, without registration.",
                "Luxembourg, Cité Bibliothèque",
            ),
        ),
    ),
    (
        40,
        12,
        1,
        _texts(
            (
                "Webinaire pour les professionnels : la prescription digitale",
                "Une heure pour voir ce qui change au cabinet et à la pharmacie.",
                "Le lien est envoyé par e-mail la veille. Les questions sont les bienvenues.",
                "En ligne",
            ),
        ),
    ),
)

POLLS: tuple[dict[str, Any], ...] = (
    {
        "asks": "single",
        "closes_in": 21,
        "texts": _texts(
            (
                "Comment préférez-vous prendre rendez-vous chez le médecin ?",
                "Votre réponse nous aide à choisir ce que nous construisons ensuite.",
                "",
            ),
            (
                "Wie vereinbaren Sie am liebsten einen Arzttermin?",
                "Ihre Antwort hilft uns zu wählen, was wir als Nächstes bauen.",
                "",
            ),
            (
                "How do you prefer to make an appointment with the doctor?",
                "Your answer helps us choose what we build next.",
                "",
            ),
        ),
        "options": (
            {"fr": "Par téléphone", "de": "Telefonisch", "en": "By telephone"},
            {"fr": "Sur le portail", "de": "Auf dem Portal", "en": "On the portal"},
            {"fr": "Sur place", "de": "Vor Ort", "en": "In person"},
        ),
    },
    {
        "asks": "multiple",
        "closes_in": -3,
        "texts": _texts(
            (
                "Que consultez-vous dans votre DSP ?",
                "",
                "Vous pouviez choisir plusieurs réponses.",
            ),
            ("Was lesen Sie in Ihrem DSP?", "", "Sie konnten mehrere Antworten wählen."),
            ("What do you read in your DSP?", "", "You could choose several answers."),
        ),
        "options": (
            {"fr": "Les résultats d'analyses", "de": "Laborergebnisse", "en": "Laboratory results"},
            {"fr": "Les comptes rendus d'hôpital", "de": "Krankenhausberichte", "en": "Hospital reports"},
            {"fr": "Les vaccins", "de": "Impfungen", "en": "Vaccinations"},
            {"fr": "Qui a consulté mon dossier", "de": "Wer meine Akte gelesen hat", "en": "Who has read my record"},
        ),
        "answers": (84, 37, 52, 23),
        "people": 118,
    },
)
