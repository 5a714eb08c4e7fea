"""How this course grades: student code in a sandbox, and the teacher's checks outside it."""
