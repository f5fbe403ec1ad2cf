"""
What ``luochui doctor`` looks at before a sale, and beside a running one.

Each check has two halves: ``look`` gathers facts from the system, ``judge`` says what they mean and reads nothing. Nothing here locks,
and nothing is written but one small file of our own in the data folder, which is taken away again.
"""
