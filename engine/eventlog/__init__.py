"""
What an operator is told while a house serves: one line an event.

Never in a line: tokens, tickets, amounts, what is sealed, names of people, the text of a reason. An event says what happened, in which
sale, and at which record; the record says the rest to whoever may read it.
"""
