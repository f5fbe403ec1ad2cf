"""Small programs to begin from; see ``clients/README.md``. Each is run by the tests against a real house."""
