"""Conversations of a hair salon."""

# ruff: noqa: E501  (a sentence is a line)
DIALOGUES = """
## booked | 5 | positive
A {greeting}
C [Hallo|Guten Tag|Hi], {name} hier. Ich [bräuchte|hätte gern] mal wieder {wish}, am liebsten bei {staff}.
> check_availability
A Gern, {first}. Bei {staff} ist am {day} um {other} oder um {time} etwas frei. Was passt besser?
C {time} [ist gut|passt mir gut|nehme ich].
> hold_slot
> book_appointment
A [Alles klar|Sehr gern]. {service} am {day} um {time} bei {staff}, das ist eingetragen.
C [Super, danke|Prima, vielen Dank|Perfekt, bis dann].
A Wir freuen uns auf Sie. Auf Wiederhören.
= {name} bucht {wish} am {day} um {time} bei {staff}.

## booked | 4 | positive
A {greeting}
C Ja, guten [Tag|Morgen]. Haben Sie diese oder nächste Woche noch was frei für {wish}?
A Ich sehe gern nach. Ist Ihnen egal, bei wem, oder haben Sie einen Wunsch?
C [Das ist mir egal|Egal, wer gerade Zeit hat|Wenn es geht bei {staff}, sonst egal].
> check_availability
A {staff} hätte am {day} um {time} Zeit. Soll ich das für Sie buchen?
C Ja, bitte. Auf {name}.
> book_appointment
A Danke, {name}. Am {day} um {time} bei {staff}. Kann ich sonst noch etwas für Sie tun?
C Nein, das war's schon. [Tschüss|Danke schön].
= {name} nimmt den nächsten freien Termin: {service} am {day} um {time} bei {staff}.

## booked | 3 | positive
A {greeting}
C Hallo Lena, hier ist {name}. Ich wollte fragen, was {service} bei Ihnen kostet.
> get_service_info
A {service} kostet {price} und dauert ungefähr {minutes} Minuten. Möchten Sie gleich einen Termin dafür ausmachen?
C Ach ja, warum nicht. Geht es [am Nachmittag|nach der Arbeit|eher vormittags]?
> check_availability
A Am {day} ginge es um {time} bei {staff}, oder schon um {other}.
C Dann {time}, bitte.
> book_appointment
A Ist gebucht: {day}, {time}, {service} bei {staff}.
C Vielen Dank, schönen Tag noch.
= {name} fragt nach dem Preis und bucht gleich {wish} am {day} um {time} bei {staff}.

## booked | 2 | neutral
A {greeting}
C Ähm, ja, hallo. Mit wem spreche ich? Ist das eine Maschine?
A Ich bin Lena, die digitale Assistentin vom Salon Lindgren. Ich kann Termine machen und Fragen beantworten. Wenn Sie lieber mit jemandem aus dem Team sprechen, verbinde ich Sie.
C Nee, ist schon gut. Ich brauche nur {wish}. {name} ist mein Name.
> check_availability
A Gern. Am {day} um {time} bei {staff} wäre frei.
C Ja, das geht.
> book_appointment
A Dann habe ich Sie am {day} um {time} bei {staff} eingetragen.
C Na, das ging ja schnell. Wiederhören.
= {name} ist erst überrascht, dass eine Assistentin antwortet, und bucht dann {wish} am {day} um {time}.

## rescheduled | 4 | positive
A {greeting}
C Hallo, {name}. Ich habe am {old_day} um {old_time} einen Termin und [schaffe das leider nicht|muss arbeiten]. Kann ich den verschieben?
> identify_customer
> query_appointments
A Ja, ich sehe ihn: {old_service} bei {old_staff}. Wann würde es Ihnen denn besser passen?
C [Irgendwann danach|Ein paar Tage später wäre gut].
> check_availability
A Am {day} um {time} hätte {old_staff} Zeit für Sie.
C Das passt, danke.
> reschedule_appointment
A Verschoben auf {day}, {time}. Der alte Termin ist wieder frei.
C Super. Tschüss.
= {name} verschiebt {old_service} vom {old_day} auf {day} um {time}.

## cancelled | 4 | neutral
A {greeting}
C Guten Tag, {name}. Ich muss meinen Termin am {old_day} leider absagen, [mein Kind ist krank|ich liege mit Grippe im Bett|mir ist etwas dazwischengekommen].
> identify_customer
> query_appointments
A Das tut mir leid, gute Besserung wünsche ich. Meinen Sie {old_service} um {old_time} bei {old_staff}?
C Ja, genau den.
> cancel_appointment
A Der Termin ist abgesagt. Möchten Sie gleich einen neuen ausmachen?
C Nein, ich melde mich wieder.
A Machen Sie das gern. Auf Wiederhören.
= {name} sagt {old_service} am {old_day} um {old_time} ab und meldet sich wieder.

## waitlist | 3 | neutral
A {greeting}
C Hallo, hier {name}. Haben Sie [heute|morgen] noch irgendwas frei für {wish}?
> check_availability
A Leider ist bei uns gerade alles belegt. Ich kann Sie auf die Warteliste setzen und Ihnen schreiben, sobald etwas frei wird.
C Ja, machen Sie das bitte. Am liebsten [vormittags|am späten Nachmittag].
> join_waitlist
A Gern, {name}. Sie bekommen eine SMS, sobald ein Platz frei wird.
C Danke schön.
= {name} möchte kurzfristig {wish}; es ist nichts frei, deshalb auf der Warteliste.

## information | 3 | positive
A {greeting}
C Hallo, ich wollte nur wissen, wie lange Sie am Samstag aufhaben.
> get_opening_hours
A In {branch} haben wir {saturday} geöffnet.
C Super, mehr wollte ich gar nicht. Danke.
= Frage nach den Öffnungszeiten am Samstag.

## information | 3 | neutral
A {greeting}
C Guten Tag. Was kostet denn bei Ihnen {service}?
> get_service_info
A {service} kostet {price}. Sie sollten etwa {minutes} Minuten einplanen.
C Aha, gut. Ich überlege es mir und melde mich.
A Gern. Sie erreichen mich jederzeit.
= Preisfrage: {service}. Kein Termin gewünscht.

## information | 2 | neutral
A {greeting}
C Kann man bei Ihnen auch mit Karte zahlen?
> answer_question
A Ja, mit Karte, mit dem Handy und natürlich bar.
C Danke, das war schon alles.
= Frage, ob Kartenzahlung möglich ist.

## information | 2 | neutral
A {greeting}
C Machen Sie eigentlich auch Keratin-Glättungen?
> answer_question
A Das steht leider nicht in meinen Unterlagen, und raten möchte ich nicht. Ich frage im Team nach und lasse die Antwort hinterlegen.
C Okay, dann probiere ich es nächste Woche noch mal.
= Frage nach Keratin-Glättung; dazu ist nichts hinterlegt.

## information | 2 | positive
A {greeting}
C Hallo, wo finde ich Sie denn genau, und kann man da parken?
> answer_question
A Sie finden uns in der {street}. Direkt vor der Tür gibt es Parkplätze mit Parkschein, und bis zur Bahn sind es drei Minuten zu Fuß.
C Alles klar, vielen Dank.
= Frage nach Adresse und Parkplätzen.

## callback | 3 | negative
A {greeting}
C Ja, {name} hier. Ich war [letzte Woche|gestern] bei Ihnen zum Färben, und die Farbe ist viel zu dunkel geworden. So kann ich nicht rumlaufen.
A Das tut mir leid zu hören, {name}. Das soll sich jemand aus dem Team ansehen. Wann kann {staff} Sie am besten zurückrufen?
C [Heute noch, bitte|Morgen Vormittag]. Ich bin wirklich unzufrieden.
> request_callback
A Ich habe den Rückruf notiert, und {staff} meldet sich bei Ihnen.
C Gut. Wiederhören.
= {name} ist mit der Farbe unzufrieden (zu dunkel) und bittet um Rückruf von {staff}.

## callback | 2 | neutral
A {greeting}
C Guten Tag, {name}. Es geht um eine Hochzeit im Frühjahr, wir wären sechs Personen zum Stylen. Wer kann mich da beraten?
A Wie schön. Für Brautstyling berät Sie {staff} am besten persönlich. Darf ich einen Rückruf notieren?
C Ja, gern, ab 17 Uhr bin ich gut zu erreichen.
> request_callback
A Ist notiert: Rückruf von {staff}, ab 17 Uhr.
C Vielen Dank.
= {name} plant ein Brautstyling für sechs Personen und bittet ab 17 Uhr um Rückruf.

## transferred | 2 | neutral
A {greeting}
C Hallo, ist {staff} da? Es geht um meine Allergie, das würde ich gern kurz persönlich besprechen.
A Einen InstantOrDay, ich verbinde Sie.
> transfer_call
T Salon Lindgren, hallo?
C Ach super, ich bin's, {name}. Es geht um die Farbe.
= {name} möchte wegen einer Allergie persönlich mit {staff} sprechen und wird durchgestellt.
"""
