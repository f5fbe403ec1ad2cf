"""What is printed and handed over after a sale, made from its journal alone."""
