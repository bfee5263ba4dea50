import { confluenceCloud, jiraCloud, trello } from './atlassian-cloud.ts'
import { bitbucketDataCenter, confluenceDataCenter, jiraDataCenter } from './atlassian-data-center.ts'
import { aws } from './aws.ts'
import { dokuwiki, redmine } from './behind-the-proxy.ts'
import { gitea, gitlab } from './code-hosts.ts'
import { grafana } from './grafana.ts'
import { kubernetes } from './kubernetes.ts'
import { mediawiki } from './mediawiki.ts'
import { nextcloud } from './nextcloud.ts'
import type { Recipe } from './recipe.ts'

/** What the gallery shows, by the name of the product. */
export const recipes: readonly Recipe[] = [
  aws,
  bitbucketDataCenter,
  confluenceCloud,
  confluenceDataCenter,
  jiraCloud,
  jiraDataCenter,
  trello,
  redmine,
  dokuwiki,
  gitea,
  gitlab,
  grafana,
  kubernetes,
  mediawiki,
  nextcloud,
].toSorted((one, other) => one.product.localeCompare(other.product, 'en'))
