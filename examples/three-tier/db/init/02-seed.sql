INSERT INTO book (title, author, is_read) VALUES
  ('The Mythical Man-Month', 'Frederick P. Brooks Jr.', true),
  ('A Pattern Language', 'Christopher Alexander', false),
  ('The Soul of a New Machine', 'Tracy Kidder', true),
  ('Structure and Interpretation of Computer Programs', 'Harold Abelson, Gerald Jay Sussman', false);
