CREATE TABLE book (
  id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title    text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  author   text NOT NULL CHECK (length(author) BETWEEN 1 AND 200),
  is_read  boolean NOT NULL DEFAULT false,
  added_at timestamptz NOT NULL DEFAULT now()
);
