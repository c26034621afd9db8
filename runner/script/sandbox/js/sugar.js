'use strict';

// SugarJS: Postman's sandbox has its methods on the prototypes of arrays,
// texts, numbers and dates. The library is loaded when a script first uses one.

const METHODS = {
  Array: `findAll count removeAt include exclude clone unique flatten union intersect subtract first last from
    to min max least most sum average inGroups inGroupsOf isEmpty sortBy randomize zip sample each add
    remove compact groupBy none all any insert`,
  String: `escapeRegExp escapeURL unescapeURL escapeHTML unescapeHTML encodeBase64 decodeBase64 each shift
    codes chars words lines paragraphs isBlank has add remove reverse compact from to dasherize
    underscore camelize spacify stripTags removeTags truncate pad padLeft padRight first last toNumber
    capitalize assign insert pluralize singularize humanize titleize parameterize hankaku zenkaku
    hiragana katakana isArabic hasArabic isCyrillic hasCyrillic isDevanagari hasDevanagari isGreek
    hasGreek isHangul hasHangul isHan hasHan isKanji hasKanji isHebrew hasHebrew isHiragana hasHiragana
    isKana hasKana isKatakana hasKatakana isLatin hasLatin isThai hasThai`,
  Number: `duration year years yearBefore yearsBefore yearAgo yearsAgo yearAfter yearsAfter yearFromNow
    yearsFromNow month months monthBefore monthsBefore monthAgo monthsAgo monthAfter monthsAfter
    monthFromNow monthsFromNow week weeks weekBefore weeksBefore weekAgo weeksAgo weekAfter weeksAfter
    weekFromNow weeksFromNow day days dayBefore daysBefore dayAgo daysAgo dayAfter daysAfter dayFromNow
    daysFromNow hour hours hourBefore hoursBefore hourAgo hoursAgo hourAfter hoursAfter hourFromNow
    hoursFromNow minute minutes minuteBefore minutesBefore minuteAgo minutesAgo minuteAfter minutesAfter
    minuteFromNow minutesFromNow second seconds secondBefore secondsBefore secondAgo secondsAgo
    secondAfter secondsAfter secondFromNow secondsFromNow millisecond milliseconds millisecondBefore
    millisecondsBefore millisecondAgo millisecondsAgo millisecondAfter millisecondsAfter
    millisecondFromNow millisecondsFromNow log abbr metric bytes isInteger isOdd isEven isMultipleOf
    format hex upto downto times chr pad ordinalize toNumber round floor ceil abs pow sin asin cos acos
    tan atan exp sqrt`,
  Function: `lazy delay throttle debounce cancel after once fill`,
  Date: `set setWeekday setISOWeek getISOWeek getUTCOffset utc isUTC advance rewind isValid isAfter isBefore
    isBetween isLeapYear daysInMonth format relative is reset clone iso getWeekday getUTCWeekday
    yearsAgo yearsUntil yearsSince yearsFromNow addYears isLastYear isThisYear isNextYear
    beginningOfYear endOfYear monthsAgo monthsUntil monthsSince monthsFromNow addMonths isLastMonth
    isThisMonth isNextMonth beginningOfMonth endOfMonth weeksAgo weeksUntil weeksSince weeksFromNow
    addWeeks isLastWeek isThisWeek isNextWeek beginningOfWeek endOfWeek daysAgo daysUntil daysSince
    daysFromNow addDays beginningOfDay endOfDay hoursAgo hoursUntil hoursSince hoursFromNow addHours
    minutesAgo minutesUntil minutesSince minutesFromNow addMinutes secondsAgo secondsUntil secondsSince
    secondsFromNow addSeconds millisecondsAgo millisecondsUntil millisecondsSince millisecondsFromNow
    addMilliseconds short long full isToday isYesterday isTomorrow isWeekday isWeekend isFuture isPast
    isSunday isMonday isTuesday isWednesday isThursday isFriday isSaturday isJanuary isFebruary isMarch
    isApril isMay isJune isJuly isAugust isSeptember isOctober isNovember isDecember`,
  RegExp: `getFlags setFlags addFlag removeFlag`,
};

const STATICS = {
  Array: `extend create AlphanumericSortOrder AlphanumericSortIgnoreCase AlphanumericSortEquivalents`,
  Number: `extend random`,
  Object: `extend map reduce each size any all none count find findAll isEmpty sum average min max least most
    watch isObject isNaN equal extended merge clone fromQueryString toQueryString tap has select reject
    isArray isBoolean isDate isFunction isNumber isString isRegExp`,
  Date: `extend create past future addLocale setLocale getLocale addFormat utc RFC1123 RFC1036 ISO8601_DATE
    ISO8601_DATETIME range`,
  RegExp: `extend escape`,
  Function: `extend`,
  String: `extend Inflector`,
};

const offered = []; // [holder, name] of each accessor

function offer(holder, name) {
  if (Object.hasOwn(holder, name)) return;
  offered.push([holder, name]);
  Object.defineProperty(holder, name, {
    configurable: true,
    enumerable: false,
    get() {
      sweeten();
      return holder[name];
    },
    set(value) { Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true }); },
  });
}

// sweeten loads the library. What the language has itself stays as it is.
function sweeten() {
  for (const [holder, name] of offered.splice(0)) delete holder[name];
  const natives = holders().map((holder) => [holder, Object.getOwnPropertyDescriptors(holder)]);
  try {
    load('require').require('sugar');
  } finally {
    for (const [holder, kept] of natives) {
      for (const name of Reflect.ownKeys(kept)) {
        if (kept[name].configurable) Object.defineProperty(holder, name, kept[name]);
      }
    }
  }
}

const holders = () => [...Object.keys(METHODS).map((type) => globalThis[type].prototype), ...Object.keys(STATICS).map((type) => globalThis[type])];

function install() {
  for (const type of Object.keys(METHODS)) for (const name of METHODS[type].match(/\S+/g)) offer(globalThis[type].prototype, name);
  for (const type of Object.keys(STATICS)) for (const name of STATICS[type].match(/\S+/g)) offer(globalThis[type], name);
}

return { install };
