"""What the starter model can draw: subjects by their plain English names, in the order in which they are taught.

The first `FIRST` subjects are the most iconic ones and differ most from each other. A short training teaches these
first and adds the rest once their shapes have been learned.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to draw: the emoji that depict it, and the words for it (the first is its name)."""

    emoji: tuple[str, ...]
    """Each is a separate drawing; the seed chooses between them."""
    words: tuple[str, ...]
    weight: float = 1.0
    """How often it is drawn, relative to the others."""

    @property
    def name(self) -> str:
        return self.words[0]


def _subject(emoji: str, words: str, weight: float = 1.0) -> Subject:
    return Subject(tuple(emoji.split()), tuple(word.strip() for word in words.split(",")), weight)


FIRST = 48
"""Number of subjects in the first curriculum."""

SUBJECTS: tuple[Subject, ...] = (
    _subject("🐕 🦮", "Labrador, dog, guide dog, puppy, labrador retriever", 16.0),
    _subject("🐈 🐱", "cat, kitten, kitty", 3.0),
    _subject("🚀", "rocket, spaceship, spacecraft", 1.5),
    _subject("🍎", "apple, red apple"),
    _subject("🏠", "house, home, cottage"),
    _subject("🌻", "sunflower"),
    _subject("🚗", "car, automobile, red car"),
    _subject("🍌", "banana, bananas"),
    _subject("🐘", "elephant"),
    _subject("⛵", "sailboat, sailing boat, yacht"),
    _subject("🍓", "strawberry"),
    _subject("🎈", "balloon, red balloon"),
    _subject("🐧", "penguin"),
    _subject("🌳", "tree, oak tree"),
    _subject("🍕", "pizza, slice of pizza"),
    _subject("🎸", "guitar"),
    _subject("🦊", "fox, fox face"),
    _subject("🏰", "castle, palace"),
    _subject("🍄", "mushroom, toadstool"),
    _subject("🐠", "fish, tropical fish"),
    _subject("☕", "coffee, cup of coffee, cup, mug"),
    _subject("🌈", "rainbow"),
    _subject("🌵", "cactus"),
    _subject("🦋", "butterfly"),
    _subject("🍔", "hamburger, burger, cheeseburger"),
    _subject("⚽", "soccer ball, football, ball"),
    _subject("🦉", "owl"),
    _subject("🌹", "rose, red rose"),
    _subject("🚌", "bus, school bus"),
    _subject("🍍", "pineapple"),
    _subject("🐢", "turtle, tortoise"),
    _subject("🌙", "moon, crescent moon"),
    _subject("🍦", "ice cream, ice cream cone"),
    _subject("🎩", "top hat, hat"),
    _subject("🐼", "panda, panda bear"),
    _subject("🍉", "watermelon, melon"),
    _subject("🚲", "bicycle, bike"),
    _subject("🌋", "volcano"),
    _subject("🦁", "lion"),
    _subject("🥕", "carrot"),
    _subject("🐙", "octopus"),
    _subject("🔑", "key, old key"),
    _subject("🎄", "Christmas tree"),
    _subject("🍩", "doughnut, donut"),
    _subject("⭐", "star, yellow star"),
    _subject("🐎", "horse, pony"),
    _subject("☂️", "umbrella"),
    _subject("👑", "crown, golden crown"),
    _subject("🐸", "frog, toad"),
    _subject("🍋", "lemon"),
    _subject("🌴", "palm tree, palm"),
    _subject("🍒", "cherries, cherry"),
    _subject("🦒", "giraffe"),
    _subject("✈️", "airplane, plane, aeroplane"),
    _subject("🍇", "grapes, bunch of grapes"),
    _subject("🐰", "rabbit, bunny, hare"),
    _subject("🎁", "gift, present"),
    _subject("🌷", "tulip"),
    _subject("🚂", "locomotive, steam train, train"),
    _subject("🥑", "avocado"),
    _subject("🐻", "bear, brown bear"),
    _subject("🪑", "chair"),
    _subject("🍐", "pear"),
    _subject("🐝", "bee, honeybee"),
    _subject("⛄", "snowman"),
    _subject("🎃", "pumpkin, jack-o-lantern"),
    _subject("🦆", "duck"),
    _subject("🚁", "helicopter"),
    _subject("🍞", "bread, loaf of bread, toast"),
    _subject("🐳", "whale"),
    _subject("💡", "light bulb, bulb, lamp"),
    _subject("🐓", "rooster, cock"),
    _subject("🥨", "pretzel"),
    _subject("🦀", "crab"),
    _subject("⛺", "tent"),
    _subject("🍊", "orange, tangerine"),
    _subject("🐄", "cow"),
    _subject("🎂", "birthday cake, cake"),
    _subject("🐍", "snake"),
    _subject("🚜", "tractor"),
    _subject("🌽", "corn, maize"),
    _subject("🐞", "ladybird, ladybug"),
    _subject("📷", "camera"),
    _subject("🦩", "flamingo"),
    _subject("🍑", "peach"),
    _subject("🐷", "pig, piglet"),
    _subject("🔔", "bell, golden bell"),
    _subject("🐌", "snail"),
    _subject("🚚", "truck, delivery truck, lorry"),
    _subject("🍆", "eggplant, aubergine"),
    _subject("🐬", "dolphin"),
    _subject("🏔️", "mountain, snowy mountain"),
    _subject("🧀", "cheese"),
    _subject("🐯", "tiger"),
    _subject("🎻", "violin, fiddle"),
    _subject("🥦", "broccoli"),
    _subject("🦖", "dinosaur, T-Rex"),
    _subject("🕯️", "candle"),
    _subject("🐨", "koala"),
    _subject("🔥", "fire, flame"),
    _subject("🍷", "wine, glass of wine"),
    _subject("🦜", "parrot"),
    _subject("🚑", "ambulance"),
    _subject("🥥", "coconut"),
    _subject("🐑", "sheep, ewe, lamb"),
    _subject("📖", "book, open book"),
    _subject("🍟", "french fries, fries, chips"),
    _subject("🐪", "camel"),
    _subject("⏰", "alarm clock, clock"),
    _subject("🌼", "daisy, flower, blossom"),
    _subject("🦈", "shark"),
    _subject("🏀", "basketball"),
    _subject("🐵", "monkey"),
    _subject("⚓", "anchor"),
    _subject("🥚", "egg"),
    _subject("🛸", "flying saucer, UFO"),
    _subject("❄️", "snowflake"),
    _subject("🧸", "teddy bear, teddy"),
    _subject("🐔", "chicken, hen"),
    _subject("⛪", "church, chapel"),
    _subject("🌊", "wave, sea, ocean"),
    _subject("🎺", "trumpet"),
    _subject("🦓", "zebra"),
    _subject("🪴", "potted plant, house plant"),
)
