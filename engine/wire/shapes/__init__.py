"""
The shapes of what the house says, as types: frames, parts, events, answers over HTTP.

Views and hubs build plain objects, for speed; these types say what they look like. They serve descriptions and tests, and never stand
between a record and a screen. A test holds them against what a real sale shows, field by field.
"""
