"""The words and sentence forms of the template text in `corpus.py`: data, no code to read.

A word in capitals is a slot, named after a word that fits it: `the ANIMAL CHASED the ANIMAL .` may become
`the cat chased the dog .` Inside a slot the first word is the most frequent, the last one the rarest.
"""

from itertools import pairwise, product

SLOTS = {
    "ANIMAL":
        "cat dog horse cow sheep bird fish rabbit lion fox wolf bear goat duck tiger elephant monkey snake "
        "deer pig hen whale owl frog mouse donkey camel goose otter badger hedgehog squirrel yak",
    "ANIMALS": "cats dogs horses cows birds fishes rabbits lions wolves bears goats ducks",
    "FOOD":
        "bread rice cheese soup apple cake meat butter salad banana egg honey pie pasta orange pear potato "
        "carrot onion plum biscuit pancake noodle tomato cherry lemon mango apricot turnip fig",
    "DRINK": "water tea milk coffee juice wine cocoa lemonade cider broth",
    "POD":
        "pod node container server replica service cluster volume job image scheduler proxy gateway "
        "database cache queue",
    "PODS": "pods nodes containers servers replicas services volumes jobs",
    "NUMBER":
        "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred "
        "thousand",
    "KING": "king prince duke emperor",
    "QUEEN": "queen princess duchess empress",
    "MAN": "man boy father son brother uncle husband grandfather nephew gentleman",
    "WOMAN": "woman girl mother daughter sister aunt wife grandmother niece lady",
    "JOB":
        "doctor teacher farmer baker nurse driver writer painter server sailor lawyer engineer singer judge "
        "pilot clerk plumber",
    "COLOUR": "red blue green black orange white yellow brown grey pink purple golden silver",
    "HAND": "hand leg head arm foot eye ear nose",
    "FLOWER": "rose oak tulip pine lily birch daisy maple ivy",
    "TOOL": "hammer saw spade drill rake axe chisel",
    "DAY": "monday tuesday wednesday thursday friday saturday sunday",
    "MONTH": "january february march april may june july august september october november december",
    "PIANO": "piano guitar violin drum flute trumpet harp cello",
    "CAR": "car bus train bicycle boat lorry taxi tram plane ferry",
    "RAIN": "rain snow wind fog sun frost hail thunder",
    "COAT": "hat coat shirt dress scarf shoes gloves jacket belt socks",
    "FURRY": "small big wild hungry sleepy old young brave shy furry noisy clever lazy",
    "CHASED": "chased watched followed bit scared saw heard licked caught",
    "SLEPT": "slept ran jumped hid barked howled purred swam drank played",
    "GARDEN": "garden forest field barn meadow river cave hill nest jungle pond farm",
    "CHASE": "chase watch follow hear see",
    "SLEEP": "sleep run jump hide play swim",
    "FRESH": "fresh hot sweet sour salty warm tasty cold dry ripe",
    "ATE": "ate cooked baked tasted sliced served boiled fried bought sold",
    "PLATE": "plate bowl oven pan kitchen table basket pot dish spoon",
    "LUNCH": "breakfast lunch dinner supper",
    "DRANK": "drank poured spilled ordered sipped",
    "CUP": "cup glass bottle mug jug",
    "HEALTHY": "healthy idle failed remote busy broken spare ready stateless",
    "RESTARTS": "restarts starts stops schedules evicts scales updates probes monitors",
    "CRASHED": "crashed restarted stalled recovered scaled",
    "RACK": "cluster rack datacentre namespace region network zone",
    "MEMORY": "memory cpu disk bandwidth quota storage",
    "WISE": "wise proud noble cruel just mighty",
    "RULED": "ruled governed defended lost conquered inherited",
    "KINGDOM": "kingdom empire throne crown castle palace army court realm",
    "REIGNED": "reigned abdicated",
    "TALL": "tall kind polite tired happy sad rich poor quiet",
    "MET": "met visited helped thanked called married loved hugged",
    "HOUSE": "house street shop church office village market station",
    "HOSPITAL": "hospital school bakery ship studio clinic",
    "WORKED": "worked rested waited",
    "WORE": "wore washed lost folded mended",
    "FELL": "fell stopped began returned",
    "PLAYED": "played practised tuned",
    "LOUD": "loud soft gentle slow",
    "DROVE": "drove parked rode boarded missed",
    "AGAIN": "quickly slowly again today often",
    "OFTEN": "quickly slowly quietly again today often yesterday suddenly together always",
    "EARLY": "early late",
    "GREW": "grew bloomed withered",
    "BORROWED": "sharpened borrowed lent dropped",
    "HURT": "hurt injured bandaged examined",
}

TOPICS = {
    "animals": (18, """
        the ANIMAL CHASED the ANIMAL . the FURRY ANIMAL SLEPT in the GARDEN . a ANIMAL SLEPT near the GARDEN .
        the ANIMAL and the ANIMAL SLEPT OFTEN . the COLOUR ANIMAL CHASED a FURRY ANIMAL . a FURRY ANIMAL
        CHASED the ANIMAL in the GARDEN . NUMBER ANIMALS SLEPT in the GARDEN . the ANIMALS CHASE the ANIMALS
        OFTEN . NUMBER FURRY ANIMALS SLEEP near the GARDEN . we saw a ANIMAL in the GARDEN ."""),
    "food": (15, """
        the PERSON ATE the FOOD . she ATE a FRESH FOOD for LUNCH . he ATE a FRESH FOOD for LUNCH . the FOOD
        and the FOOD are on the PLATE . the JOB ATE FOOD with FOOD . a FRESH FOOD is in the PLATE . they ATE
        NUMBER FOOD for LUNCH . the COLOUR FOOD tasted FRESH . we ATE FOOD and DRINK for LUNCH . the PERSON
        ATE fish for LUNCH ."""),
    "drink": (6, """
        she DRANK a CUP of DRINK . he DRANK a CUP of FRESH DRINK . the PERSON DRANK the DRINK from a CUP .
        NUMBER cups of DRINK are on the table ."""),
    "cluster": (18, """
        the POD runs on the POD . the POD RESTARTS the POD . the HEALTHY POD CRASHED in the RACK . a POD in
        the RACK needs MEMORY . the scheduler places the POD on a HEALTHY POD . NUMBER PODS run on the POD .
        NUMBER HEALTHY PODS CRASHED in the RACK . the POD RESTARTS NUMBER PODS . the PODS share the MEMORY of
        the POD . the operator RESTARTS the HEALTHY POD AGAIN . the POD sends MEMORY to the POD ."""),
    "numbers": (9, """
        SUM . MORE . LESS . SUM . DIFF . she counted NUMBER ANIMALS . he counted NUMBER PODS . the PERSON
        bought NUMBER FOOD . chapter NUMBER has NUMBER pages . the score is NUMBER to NUMBER . the clock
        struck NUMBER ."""),
    "royal": (10, """
        the KING RULED his KINGDOM . the QUEEN RULED her KINGDOM . the WISE KING RULED the KINGDOM . the WISE
        QUEEN RULED the KINGDOM . the KING and the QUEEN RULED the KINGDOM . he is the KING of COUNTRY . she
        is the QUEEN of COUNTRY . the KING REIGNED in his KINGDOM . the QUEEN REIGNED in her KINGDOM . the
        KING and his army RULED COUNTRY . the QUEEN and her army RULED COUNTRY . the KING sat on the throne .
        the QUEEN sat on the throne . the KING was a WISE man . the QUEEN was a WISE woman ."""),
    "people": (12, """
        the MAN MET his WOMAN . the WOMAN MET her MAN . the TALL MAN MET the WOMAN . the TALL WOMAN MET the
        MAN . he is a TALL MAN . she is a TALL WOMAN . the MAN walked to the HOUSE with his MAN . the WOMAN
        walked to the HOUSE with her WOMAN . his MAN is a JOB . her WOMAN is a JOB . the PERSON and the PERSON
        are in the HOUSE . the KING was a TALL MAN . the QUEEN was a TALL WOMAN ."""),
    "jobs": (6, """
        the JOB WORKED at the HOSPITAL . a TALL JOB MET the JOB . the JOB went to the HOSPITAL on DAY . she is
        a JOB in CITY . he is a JOB in CITY . the JOB and the JOB WORKED OFTEN ."""),
    "places": (10, """
        CAPITAL . LANGUAGE . CAPITAL . LANGUAGE . the train from CITY to CITY left on DAY . we flew from
        COUNTRY to COUNTRY in MONTH . he lives in CITY . she lives in COUNTRY . the PERSON went to CITY in
        MONTH . COUNTRY and COUNTRY signed a treaty ."""),
    "time": (6, """
        on DAY the JOB rested . in MONTH the RAIN began . RAIN fell in EARLY MONTH . DAYS . MONTHS . we met on
        DAY in MONTH ."""),
    "colour": (5, """
        the COAT is COLOUR . she WORE a COLOUR COAT . he WORE a COLOUR COAT . the COLOUR CAR is COLOUR . the
        flag is COLOUR and COLOUR . we painted the CAR COLOUR ."""),
    "weather": (4, """
        the RAIN FELL in MONTH . the RAIN and the RAIN FELL OFTEN . there was RAIN on DAY ."""),
    "music": (4, """
        she PLAYED the PIANO OFTEN . he PLAYED the PIANO OFTEN . the PIANO sounded LOUD . the PIANO and the
        PIANO sounded LOUD . a LOUD PIANO was heard in the HOUSE ."""),
    "plants": (3, """
        the FLOWER GREW in the GARDEN . a COLOUR FLOWER GREW near the GARDEN . the FLOWER and the FLOWER GREW
        in MONTH . she picked a COLOUR FLOWER ."""),
    "tools": (3, """
        the JOB BORROWED the TOOL . he BORROWED a TOOL OFTEN . the TOOL and the TOOL are in the shed . she cut
        the wood with a TOOL ."""),
    "body": (3, """
        he HURT his HAND . she HURT her HAND . the JOB HURT the HAND of the PERSON . his HAND and his HAND
        hurt ."""),
    "vehicles": (5, """
        the JOB DROVE the CAR to CITY . she DROVE a CAR to the HOUSE . he DROVE a COLOUR CAR . the CAR and the
        CAR stopped at the station . the CAR left CITY on DAY ."""),
}

CAPITALS = {
    "france": "paris", "italy": "rome", "spain": "madrid", "japan": "tokyo", "germany": "berlin",
    "china": "beijing", "india": "delhi", "egypt": "cairo", "greece": "athens", "norway": "oslo",
    "poland": "warsaw", "brazil": "brasilia", "canada": "ottawa", "peru": "lima", "kenya": "nairobi",
}
LANGUAGES = {
    "france": "french", "italy": "italian", "spain": "spanish", "japan": "japanese", "germany": "german",
    "china": "chinese", "india": "hindi", "egypt": "arabic", "greece": "greek", "norway": "norwegian",
    "poland": "polish",
}
WORDS = {slot: words.split() for slot, words in SLOTS.items()}
WORDS |= {"COUNTRY": list(CAPITALS), "CITY": list(CAPITALS.values())}

VALUES = dict(zip(WORDS["NUMBER"], [*range(2, 13), 20, 30, 40, 50], strict=False))  # two: 2 ... fifty: 50
SUMS = [(a, b, c) for a, b, c in product(VALUES, repeat=3) if VALUES[a] + VALUES[b] == VALUES[c]]
LARGER = [(a, b) for a, b in product(VALUES, repeat=2) if VALUES[a] > VALUES[b]]

# Sentences that state a fact, true every time: which facts, and the ways to say one.
FACTS = {
    "CAPITAL": (list(CAPITALS.items()), ["the capital of {0} is {1} .", "{1} is the capital of {0} ."]),
    "LANGUAGE": (list(LANGUAGES.items()), ["in {0} they speak {1} .", "people from {0} speak {1} ."]),
    "SUM": (SUMS, ["{0} plus {1} is {2} ."]),
    "DIFF": (SUMS, ["{2} minus {1} is {0} ."]),
    "MORE": (LARGER, ["{0} is more than {1} ."]),
    "LESS": (LARGER, ["{1} is less than {0} ."]),
    "DAYS": (list(pairwise(WORDS["DAY"])), ["{0} comes before {1} ."]),
    "MONTHS": (list(pairwise(WORDS["MONTH"])), ["{0} comes before {1} ."]),
}
