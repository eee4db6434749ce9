-- The figures of `hands.rs`, from the Weimar Jazz Database (any copy of it with the tables melody, beats and
-- solo_info):  gunzip -c wjazzd.db.gz > wjazzd.db && sqlite3 -box wjazzd.db < figures.sql

create temp table place as
with span as (
  select melid, bar, beat, onset, lead(onset) over (partition by melid order by onset) - onset as length from beats
)
select m.eventid, m.melid, i.avgtempo as tempo, i.rhythmfeel as feel, s.bar, s.beat, s.length,
  (m.onset - s.onset) / s.length as place,
  row_number() over (partition by m.melid, m.bar, m.beat order by m.onset) as nth,
  count(*) over (partition by m.melid, m.bar, m.beat) as notes
from melody m join solo_info i using (melid) join span s on s.melid = m.melid and s.bar = m.bar and s.beat = m.beat
where s.length between 0.1 and 1.5;

create temp table pair as
select a.eventid, a.melid, a.tempo, a.length, a.place as down, b.place as off
from place a join place b on a.melid = b.melid and a.bar = b.bar and a.beat = b.beat
where a.notes = 2 and a.nth = 1 and b.nth = 2 and a.feel = 'SWING'
  and a.place between -0.15 and 0.3 and b.place between 0.4 and 0.85;

.print Pairs of eighths by tempo: place of the first and second note in the beat, delay of the first in ms
select cast(tempo / 40 as int) * 40 as bpm, count(*) as pairs, round(avg(down), 3) as first,
  round(avg(off), 3) as second, round(1000 * avg(down * length)) as delay_ms,
  round(1000 * sqrt(avg(down * down * length * length) - avg(down * length) * avg(down * length))) as sd_ms
from pair group by 1;

.print From a pair to the next within a second: change of the delay of the first note, sd in ms over sqrt 2
with next as (
  select down * length as delay, lead(down * length) over (partition by melid order by eventid) as later,
    lead(eventid) over (partition by melid order by eventid) - eventid as apart from pair
)
select count(*) as pairs, round(1000 * sqrt(avg((later - delay) * (later - delay)) / 2)) as sd_ms from next where apart = 2;

create temp table line as
select m.eventid, m.melid, m.onset, m.duration, m.pitch, m.beatdur, m.loud_med,
  lead(m.onset) over w - m.onset as gap, m.onset - lag(m.onset + m.duration) over w as silence,
  m.pitch - lag(m.pitch) over w as rise, lead(m.pitch) over w - m.pitch as next_rise,
  row_number() over (partition by m.melid order by m.loud_med) as rank,
  count(m.loud_med) over (partition by m.melid) as many, avg(m.pitch) over (partition by m.melid) as middle
from melody m join solo_info i using (melid)
where i.rhythmfeel = 'SWING' and m.loud_med is not null
window w as (partition by m.melid order by m.onset);

.print Sounding part of the time to the next note, where that is less than three quarters of a beat
select count(*) as notes, round(avg(min(1.2, duration / gap)), 3) as part,
  round(sqrt(avg(min(1.2, duration / gap) * min(1.2, duration / gap))
    - avg(min(1.2, duration / gap)) * avg(min(1.2, duration / gap))), 3) as sd
from line where gap < 0.75 * beatdur and gap > 0;

.print Silence before the next note of a line that is struck again or another, in ms
select rise_to = 0 as again, count(*) as notes, round(1000 * avg(gap - duration)) as silence_ms
from (select next_rise as rise_to, gap, duration, beatdur from line) where gap < 0.75 * beatdur and gap > 0 group by 1;

.print Loudness in dB beside the median of the solo
with median as (select melid, avg(loud_med) as level from line where abs(2 * rank - many) <= 1 group by melid),
  heard as (select l.*, l.loud_med - level as db from line l join median using (melid))
select 'every note' as what, count(*) as notes, round(avg(db), 1) as db from heard
union all select 'higher than both neighbours', count(*), round(avg(db), 1) from heard where rise > 0 and next_rise < 0
union all select 'lower than both neighbours', count(*), round(avg(db), 1) from heard where rise < 0 and next_rise > 0
union all select 'an octave above the middle', count(*), round(avg(db), 1) from heard where pitch - middle between 9 and 15
union all select 'an octave below the middle', count(*), round(avg(db), 1) from heard where middle - pitch between 9 and 15
union all select 'after 0.4 s of silence', count(*), round(avg(db), 1) from heard where silence > 0.4
union all select 'before 0.4 s of silence', count(*), round(avg(db), 1) from heard where gap - duration > 0.4;
