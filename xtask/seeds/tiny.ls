(title Seed (Blue))
(composer sideman)
(meter 4 4)
(key -1)
(tempo 140.0)
(style swing
    (swing 0.67)
)
(section (style swing))
Gm7 / C7 / | F6 |
/ | Bb\A7 Cm7b5 |
(part
    (type melody)
    (instrument 66)
)
 r4 bb+8 a+8 v90 g+2 c4/3 d4/3 e4/3 f#-4 r1+2
