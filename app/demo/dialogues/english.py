"""Conversations in English: the assistant answers in the caller's language, the summary stays in the business's."""

DIALOGUES = """
## booked | 5 | positive
A {greeting}
C Hi, do you speak English? This is {name}.
A Of course, {first}. How can I help?
C I'd like to book {english}, please, [sometime next week|as soon as possible|whenever you have time].
> check_availability
A I have {day} at {time} with {staff}, or {other} on the same day.
C {time} works for me.
> book_appointment
A Great, you are booked for {day} at {time} with {staff}.
C Brilliant, thank you. Bye.
= {name} (englisch) bucht {wish} am {german_day} um {german_time} bei {staff}.

## rescheduled | 2 | positive
A {greeting}
C Hello, {name} speaking. I need to move my appointment on {old_day}, if that's possible.
> identify_customer
> query_appointments
A Sure, I can see it at {old_time}. What about {day} at {time} instead?
> check_availability
C That's perfect.
> reschedule_appointment
A Done. See you on {weekday}.
= {name} (englisch) verschiebt den Termin auf {german_day} um {german_time}.

## cancelled | 2 | neutral
A {greeting}
C Hi, it's {name}. I'm afraid I have to cancel my appointment on {old_day}.
> identify_customer
> query_appointments
> cancel_appointment
A No problem, the appointment at {old_time} is cancelled. Would you like a new one?
C Not right now, I'll call again. Thanks.
= {name} (englisch) sagt den Termin ab und meldet sich wieder.

## information | 3 | positive
A {greeting}
C Hi there, can I pay by card at your place?
> answer_question
A Yes, by card, by phone or in cash, whatever you like.
C Lovely, thanks.
= Frage auf Englisch, ob Kartenzahlung möglich ist.

## callback | 1 | neutral
A {greeting}
C Hello, this is {name}. Could someone call me back about my last invoice?
A Of course. When would be a good time?
C [After four|Tomorrow morning], please.
> request_callback
A I've made a note of it.
C Thank you.
= {name} (englisch) hat eine Frage zur letzten Rechnung und bittet um Rückruf.
"""
