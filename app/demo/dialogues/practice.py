"""Conversations of a medical practice."""

# ruff: noqa: E501  (a sentence is a line)
DIALOGUES = """
## booked | 5 | positive
A {greeting}
C Grüß Gott, {name}. Ich [bräuchte|hätte gern] {wish}.
A Gern. Waren Sie schon einmal bei uns?
C Ja, [schon öfter|letztes Jahr|wir sind schon lange bei Ihnen].
> check_availability
A Am {day} um {time} wäre bei {staff} etwas frei, oder um {other}.
C {time}, bitte.
> book_appointment
A Dann habe ich Sie am {day} um {time} bei {staff} eingetragen. Bitte bringen Sie Ihre Versichertenkarte mit.
C Mache ich. [Danke, auf Wiederhören|Vergelt's Gott, pfüat di].
= {name} bekommt {wish} am {day} um {time} bei {staff}.

## booked | 4 | neutral | consultation
A {greeting}
C Guten Tag, hier {name}. Ich habe seit ein paar Tagen [Halsweh und Fieber|Rückenschmerzen|einen Ausschlag am Arm] und möchte das anschauen lassen.
A Das tut mir leid. Haben Sie Atemnot, starke Schmerzen in der Brust oder geht es Ihnen sehr schlecht?
C Nein, nein, so schlimm ist es nicht.
> check_availability
A Gut. Dann biete ich Ihnen den {day} um {time} bei {staff} an.
C Ja, das nehme ich.
> book_appointment
A Eingetragen. Wenn es schlechter wird, rufen Sie bitte gleich wieder an, im Notfall die 112.
C Danke Ihnen.
= {name} hat seit ein paar Tagen Beschwerden, kein Notfall; Termin am {day} um {time} bei {staff}.

## booked | 6 | positive | blood
A {greeting}
C Hallo, ich soll zur Blutabnahme kommen. Muss ich da nüchtern sein?
> answer_question
A Ja, bitte kommen Sie nüchtern. Wasser dürfen Sie trinken. Soll ich gleich einen Termin dafür machen?
C Ja bitte, auf den Namen {name}.
> check_availability
> book_appointment
A Am {day} um {time} bei {staff}. Bis dann.
C Passt, danke.
= {name} fragt nach der Vorbereitung und bekommt einen Termin am {day} um {time} bei {staff}.

## rescheduled | 4 | neutral
A {greeting}
C Grüß Gott, {name}. Ich kann am {old_day} leider nicht, [ich bin auf Dienstreise|da ist die Beerdigung von einer Tante]. Geht es auch später?
> identify_customer
> query_appointments
A Ich sehe Ihren Termin um {old_time}, {old_service}. Ich schaue nach.
> check_availability
A Am {day} um {time} wäre bei {old_staff} frei.
C Ja, wunderbar.
> reschedule_appointment
A Dann ist Ihr Termin jetzt am {day} um {time}.
C Vielen Dank.
= {name} verschiebt {old_service} vom {old_day} auf {day} um {time}.

## cancelled | 3 | neutral
A {greeting}
C {name}, guten Tag. Ich brauche den Termin am {old_day} nicht mehr, [es ist von selbst besser geworden|ich war schon im Krankenhaus].
> identify_customer
> query_appointments
A Sie meinen {old_service} um {old_time}?
C Ja.
> cancel_appointment
A Dann ist er abgesagt. Danke, dass Sie Bescheid geben, so kann jemand anderes kommen.
C Gern, auf Wiederhören.
= {name} sagt {old_service} am {old_day} um {old_time} ab.

## waitlist | 2 | neutral
A {greeting}
C {name}. Ich bräuchte möglichst bald {wish}, gibt es da gar nichts diese Woche?
> check_availability
A Diese Woche ist leider alles vergeben. Soll ich Sie auf die Warteliste nehmen? Dann bekommen Sie eine Nachricht, sobald jemand absagt.
C Ja, bitte, ich kann jeden Tag.
> join_waitlist
A Gern. Sie sind vorgemerkt.
= {name} möchte {wish} noch diese Woche und steht auf der Warteliste.

## information | 4 | neutral
A {greeting}
C Wann haben Sie denn am Mittwoch offen?
> get_opening_hours
A Am Mittwoch sind wir {wednesday} da.
C Gut, danke.
= Frage nach der Sprechzeit am Mittwoch.

## information | 3 | neutral
A {greeting}
C Ich brauche ein Wiederholungsrezept für meine Blutdrucktabletten. Geht das am Telefon?
> answer_question
A Rezepte können Sie über unsere Rezeptnummer oder am Tresen bestellen. Sie liegen am nächsten Werktag ab 11 Uhr bereit, als E-Rezept auf Ihrer Karte.
C Ah ja, dann komme ich morgen vorbei.
= Frage, wie ein Wiederholungsrezept bestellt wird.

## information | 2 | neutral
A {greeting}
C Sind meine Laborwerte schon da?
A Über Befunde darf ich am Telefon leider nichts sagen. Ich mache Ihnen gern einen Termin zur Befundbesprechung oder notiere einen Rückruf.
C Dann warte ich noch, ich habe ja nächste Woche eh einen Termin.
= Frage nach Laborwerten; am Telefon gibt es dazu keine Auskunft.

## information | 2 | positive
A {greeting}
C Nehmen Sie noch neue Patienten auf?
> answer_question
A Ja, im InstantOrDay nehmen wir neue Patientinnen und Patienten auf. Bringen Sie zum ersten Termin Ihre Karte und vorhandene Befunde mit.
C Das ist ja schön. Dann rufe ich wieder an, wenn ich meinen Kalender da habe.
= Frage, ob neue Patienten aufgenommen werden.

## callback | 3 | neutral
A {greeting}
C {name} hier. Ich müsste mit der Frau Doktor selber sprechen, wegen der Dosierung von meinem neuen Medikament.
A Zu Medikamenten darf ich nichts sagen. Frau Doktor Morgenstern ruft Sie nach der Sprechstunde zurück. Ist das recht?
C Ja, bitte heute noch.
> request_callback
A Ich habe es als dringend notiert.
C Danke.
= {name} hat eine Frage zur Dosierung eines neuen Medikaments und bittet heute um Rückruf.

## callback | 2 | negative
A {greeting}
C {name}, ich bin jetzt zum dritten Mal wegen der Überweisung dran. Das kann doch nicht so schwer sein.
A Das ist ärgerlich, das verstehe ich. Ich notiere einen Rückruf mit dem Vermerk, dass es um die Überweisung geht und dass Sie schon mehrmals angerufen haben.
C Dann bitte aber auch wirklich.
> request_callback
A Sie hören spätestens morgen Vormittag von uns.
= {name} wartet auf eine Überweisung, ruft zum dritten Mal an und möchte einen Rückruf.

## transferred | 3 | negative
A {greeting}
C Mein Mann hat plötzlich so einen Druck auf der Brust und ist ganz blass.
A Bitte wählen Sie sofort die 112. Ich verbinde Sie gleichzeitig mit der Praxis.
> transfer_call
T Praxis Morgenstern, Roth, was ist passiert?
C Mein Mann, der Druck auf der Brust …
= Möglicher Notfall (Druck auf der Brust). Hinweis auf die 112 und sofort durchgestellt.

## transferred | 2 | neutral
A {greeting}
C Hier ist das Labor Isartal, ich habe einen auffälligen Wert zu einem Ihrer Patienten.
A Da verbinde ich Sie direkt mit der Praxis.
> transfer_call
T Praxis Morgenstern, Roth.
C Grüß Gott, Labor Isartal.
= Ein Labor meldet einen auffälligen Wert und wird durchgestellt.
"""
