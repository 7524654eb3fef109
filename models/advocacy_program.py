"""The supplied advocacy program: activities, rewards and tiers of section 13.1 of the domain."""

from decimal import Decimal

from models.advocacy import (
    AdvocacyActivity,
    AdvocacyProgram,
    AdvocacyReward,
    AdvocacyTier,
    AdvocacyType,
    OncePer,
    Requirement,
    RewardType,
)
from models.enums import Language

_ES, _EN = Language.ES, Language.EN

REFERRAL = "referral"
G2_REVIEW = "g2_review"
CASE_STUDY = "case_study"
WEBINAR = "webinar"
TESTIMONIAL = "testimonial"

TRIAL_COMPLETED = "trial_completed"
PAID_PLAN = "paid_plan"

AMBASSADOR = "Ambassador"

ADVOCACY_PROGRAM = AdvocacyProgram(
    activities=(
        AdvocacyActivity(
            id=REFERRAL,
            name="Refer a customer",
            label={_ES: "Recomienda a un cliente", _EN: "Refer a customer"},
            description="Bring a new customer who becomes a subscriber",
            points=500,
            type=AdvocacyType.REFERRAL,
            requirements=(
                Requirement(id=TRIAL_COMPLETED, description="The referred customer completes the trial"),
                Requirement(id=PAID_PLAN, description="The referred customer converts to a paid plan"),
            ),
            once_per=OncePer.REFERRED_CUSTOMER,
        ),
        AdvocacyActivity(
            id=G2_REVIEW,
            name="Write a G2 review",
            label={_ES: "Escribe una reseña en G2", _EN: "Write a G2 review"},
            description="Leave an honest review on G2",
            points=100,
            type=AdvocacyType.REVIEW,
            requirements=(
                Requirement(id="verified_review", description="Verified review"),
                Requirement(id="hundred_words", description="At least 100 words"),
            ),
            open_to_all=True,
            disclosure={
                _ES: "Te damos 100 puntos por tu reseña, sea cual sea tu opinión. Dilo también en la reseña.",
                _EN: "You get 100 points for your review, whatever your opinion. Please say so in the review as well.",
            },
        ),
        AdvocacyActivity(
            id=CASE_STUDY,
            name="Take part in a case study",
            label={_ES: "Participa en un caso de éxito", _EN: "Take part in a case study"},
            description="Tell your success story",
            points=300,
            type=AdvocacyType.CASE_STUDY,
            requirements=(
                Requirement(id="interview", description="30-minute interview"),
                Requirement(id="publication_approval", description="The customer approves publication"),
            ),
            publishes=True,
        ),
        AdvocacyActivity(
            id=WEBINAR,
            name="Speak at a webinar",
            label={_ES: "Participa en un webinar", _EN: "Speak at a webinar"},
            description="Share your experience in a webinar",
            points=400,
            type=AdvocacyType.SPEAKING,
            requirements=(
                Requirement(id="talk", description="20-minute talk"),
                Requirement(id="questions", description="Questions and answers"),
            ),
            once_per=OncePer.EVENT,
        ),
        AdvocacyActivity(
            id=TESTIMONIAL,
            name="Give a testimonial",
            label={_ES: "Danos tu testimonio", _EN: "Give a testimonial"},
            description="A testimonial for the website",
            points=150,
            type=AdvocacyType.CONTENT,
            requirements=(
                Requirement(id="quote_and_photo", description="Quote and photo"),
                Requirement(id="publication_permission", description="The customer permits publication"),
            ),
            publishes=True,
        ),
    ),
    rewards=(
        AdvocacyReward(
            id="credit_100",
            name="€100 credit",
            label={_ES: "Crédito de 100 €", _EN: "€100 credit"},
            description="Credit on the next invoice",
            points_cost=200,
            type=RewardType.CREDIT,
            amount=Decimal(100),
        ),
        AdvocacyReward(
            id="swag_pack",
            name="Merchandise pack",
            label={_ES: "Pack de regalos", _EN: "Merchandise pack"},
            description="T-shirt, mug and stickers",
            points_cost=150,
            type=RewardType.SWAG,
        ),
        AdvocacyReward(
            id="early_access",
            name="Early access to features",
            label={_ES: "Acceso anticipado a novedades", _EN: "Early access to features"},
            description="Try new functions before others",
            points_cost=300,
            type=RewardType.FEATURE,
        ),
        AdvocacyReward(
            id="event_vip",
            name="VIP event ticket",
            label={_ES: "Entrada VIP a nuestro evento", _EN: "VIP event ticket"},
            description="VIP entry to the yearly event",
            points_cost=500,
            type=RewardType.EVENT,
        ),
    ),
    tiers=(
        AdvocacyTier(name="Fan", min_points=0, adds=("exclusive newsletter", "profile badge")),
        AdvocacyTier(name="Champion", min_points=300, adds=("private community", "priority support")),
        AdvocacyTier(name=AMBASSADOR, min_points=800, adds=("monthly call with product", "co-marketing")),
    ),
)
