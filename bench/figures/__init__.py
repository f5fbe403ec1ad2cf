"""The figures we hold ourselves to, F1 to F12: each a module that says what it is, measures it, and says what it leaves out."""
