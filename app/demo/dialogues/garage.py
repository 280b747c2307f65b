"""Conversations of a garage."""

DIALOGUES = """
## booked | 5 | positive
A {greeting}
C Moin, {name}. Ich [brauche|bräuchte] {wish} für meinen [Golf|Passat|Corsa|Octavia|Kangoo].
> check_availability
A Geht klar. Am {day} um {time} oder schon um {other} hätten wir eine Bühne frei.
C Dann {time}.
> book_appointment
A Ist notiert: {service} am {day} um {time} in {branch}. Bringen Sie bitte den Fahrzeugschein mit.
C Alles klar, bis denn.
= {name} bucht {wish} am {day} um {time} in {branch}.

## booked | 6 | neutral | diagnosis brakes
A {greeting}
C Tach, {name} hier. Bei mir [leuchtet so ein gelbes Lämpchen|quietscht vorne was beim Bremsen|zieht der Wagen nach rechts].
A Das sollten wir uns ansehen. Blinkt die Lampe, oder fährt der Wagen anders als sonst?
C Nee, fährt ganz normal.
> check_availability
A Dann reicht ein Termin in Ruhe. Am {day} um {time} wäre {staff} für Sie da.
C Ja, machen wir so.
> book_appointment
A Eingetragen auf {name}, {day}, {time}.
C Danke dir.
= {name} meldet einen Mangel am Wagen, der fährt aber; Termin am {day} um {time} in {branch}.

## booked | 3 | positive
A {greeting}
C Moin moin. Was nehmen Sie denn für {service}?
> get_service_info
A {service} gibt es bei uns für {price}, das dauert ungefähr {minutes} Minuten. Soll ich einen Termin machen?
C Jo, wenn es die nächsten Tage geht. {name} ist der Name.
> check_availability
> book_appointment
A {day}, {time} in {branch}. Sie können beim Warten einen Kaffee trinken.
C Klingt gut. Tschüss.
= {name} fragt nach dem Preis und bucht {wish} am {day} um {time}.

## rescheduled | 3 | neutral
A {greeting}
C {name}, moin. Ich krieg den Wagen am {old_day} nicht zu euch, können wir das schieben?
> identify_customer
> query_appointments
> check_availability
A Klar. Statt {old_day} um {old_time} ginge der {day} um {time}.
C Passt.
> reschedule_appointment
A Umgetragen. Bis {weekday}.
= {name} verschiebt {old_service} vom {old_day} auf {day} um {time}.

## cancelled | 3 | neutral
A {greeting}
C Moin, hier {name}. Der Termin am {old_day} hat sich erledigt, [ich hab den Wagen verkauft|mein Schwager hat das gemacht].
> identify_customer
> query_appointments
> cancel_appointment
A Alles klar, {old_service} am {old_day} um {old_time} ist gestrichen.
C Danke, tschüss.
= {name} sagt {old_service} am {old_day} ab.

## waitlist | 2 | neutral
A {greeting}
C {name}. Habt ihr diese Woche noch Platz für {wish}?
> check_availability
A Diese Woche ist alles voll. Ich kann Sie auf die Warteliste nehmen und eine SMS schicken, wenn jemand absagt.
C Ja, mach das.
> join_waitlist
A Ist gemacht.
= {name} möchte noch diese Woche {wish} und steht auf der Warteliste.

## information | 3 | neutral
A {greeting}
C Ist mein Wagen schon fertig? Kennzeichen mit Paula Anton am Ende.
A Den Stand der Reparatur kann ich leider nicht sehen. Die Werkstatt schickt Ihnen eine SMS, sobald der Wagen fertig ist.
C Ach so, na gut. Dann warte ich.
= Frage, ob der Wagen fertig ist; dazu gibt es am Telefon keine Auskunft.

## information | 3 | positive
A {greeting}
C Macht ihr auch TÜV direkt vor Ort?
> answer_question
A Ja, die Prüferin kommt dienstags und donnerstags zu uns. Den Termin dafür mache ich gern gleich mit.
C Erst mal nur die Frage. Danke.
= Frage, ob die Hauptuntersuchung vor Ort gemacht wird.

## information | 3 | neutral
A {greeting}
C Bis wann kann ich den Wagen am Freitag abholen?
> get_opening_hours
A Am Freitag sind wir {friday} da.
C Alles klar.
= Frage nach der Öffnungszeit am Freitag.

## information | 2 | positive
A {greeting}
C Kriege ich bei euch einen Leihwagen, wenn die Inspektion länger dauert?
> answer_question
A Ja, zwei kleine Leihwagen haben wir, für 29 Euro am Tag. Sagen Sie es am besten gleich beim Buchen.
C Super, dann weiß ich Bescheid.
= Frage nach einem Leihwagen.

## callback | 3 | neutral
A {greeting}
C {name}, moin. Ihr habt mir einen Kostenvoranschlag geschickt, dazu hab ich eine Frage.
A Dazu ruft Sie {staff} am besten zurück. Wann passt es?
C Heute bis vier, sonst morgen früh.
> request_callback
A Ich habe es aufgeschrieben.
C Danke.
= {name} hat eine Frage zum Kostenvoranschlag und bittet um Rückruf von {staff}.

## callback | 2 | negative
A {greeting}
C {name}. Ich hab den Wagen gestern abgeholt, und das Klappern ist immer noch da. Bezahlt hab ich dafür 300 Euro.
A Das ist ärgerlich. Ich gebe es gleich an {staff} weiter und notiere einen Rückruf mit Vorrang.
C Ja, und zwar heute.
> request_callback
A Notiert: Rückruf heute.
= {name} beschwert sich, das Klappern ist nach der Reparatur noch da. Rückruf heute gewünscht.

## transferred | 2 | neutral
A {greeting}
C Hier ist die Teilewelt Nord, ich hab eine Rückfrage zur Bestellung von heute Morgen.
A Ich stelle Sie in die Werkstatt durch.
> transfer_call
T Kruse?
C Moin, Teilewelt. Die Bremsscheiben für den Octavia …
= Ein Teilehändler hat eine Rückfrage zur Bestellung und wird durchgestellt.

## transferred | 2 | negative
A {greeting}
C Ich steh hier auf der A7, der Motor ist ausgegangen, und nichts geht mehr.
A Stellen Sie bitte das Warndreieck auf und gehen Sie hinter die Leitplanke. Ich verbinde Sie sofort mit der Werkstatt.
> transfer_call
T Werkstatt Kruse, Osei, wo stehen Sie?
C Kurz vor Stellingen …
= Panne auf der A7. Hinweis zur Sicherheit und sofort durchgestellt.
"""
