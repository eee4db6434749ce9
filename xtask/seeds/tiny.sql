CREATE TABLE solo_info(melid INTEGER PRIMARY KEY, performer TEXT, title TEXT, instrument TEXT, style TEXT,
    avgtempo REAL, rhythmfeel TEXT, key TEXT);
CREATE TABLE beats(melid INTEGER, onset REAL, bar INTEGER, beat INTEGER, signature TEXT, chord TEXT, form TEXT,
    chorus_id INTEGER);
CREATE TABLE melody(eventid INTEGER PRIMARY KEY, melid INTEGER, onset REAL, pitch REAL, duration REAL, bar INTEGER,
    beat INTEGER, tatum INTEGER, division INTEGER, loud_med REAL);
INSERT INTO solo_info VALUES (1, 'Nobody', 'Seed', 'ts', 'COOL', 120.0, 'SWING', 'Bb-maj');
INSERT INTO beats VALUES (1, 0.5, 0, 4, '4/4', 'NC', 'I1', 0), (1, 1.0, 1, 1, '', 'C-7', 'A1', 1),
    (1, 1.5, 1, 2, '', '', '', 1), (1, 2.0, 1, 3, '', 'F79b', '', 1), (1, 2.5, 1, 4, '', '', '', 1),
    (1, 3.0, 2, 1, '3/4', '', 'B1', 2), (1, 3.5, 2, 2, '', '', '', 2), (1, 4.0, 2, 3, '', '', '', 2);
INSERT INTO melody VALUES (1, 1, 0.75, 62, 0.2, 0, 4, 2, 2, 60.0), (2, 1, 1.05, 65, 0.9, 1, 1, 1, 1, 62.0),
    (3, 1, 1.8, 69, 0.1, 1, 2, 4, 5, NULL), (4, 1, 3.5, 72, 0.25, 2, 2, 1, 1, 66.0);
